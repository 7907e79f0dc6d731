#ifndef TLX_CMARKDOWN_H
#define TLX_CMARKDOWN_H

#include <stddef.h>

/// Markdown (CommonMark with GitHub's tables, strikethrough, task lists and links) as HTML. Raw HTML and links that could
/// run a script are left out. The result is to be freed by the caller; NULL if there is no memory.
char *tlx_markdown_html(const char *text, size_t length);

#endif
