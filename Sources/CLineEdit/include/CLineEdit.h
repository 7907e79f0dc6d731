#ifndef TLX_CLINEEDIT_H
#define TLX_CLINEEDIT_H

#include <histedit.h>
#include <stdint.h>

// libedit sets everything through C variadics, which Swift cannot call. Each function here is one such call.

typedef unsigned char (*tlx_key_function)(EditLine *, int);
typedef char *(*tlx_prompt_function)(EditLine *);
/// Stores one character and returns 1; 0 at the end of input, -1 with errno set.
typedef int (*tlx_read_function)(EditLine *, wchar_t *);

/// An editor on standard input and output.
EditLine *tlx_el_open(const char *program);
/// The prompt; `\1` in it encloses escape sequences, which take no room.
void tlx_el_set_prompt(EditLine *edit, tlx_prompt_function prompt);
void tlx_el_set_editor(EditLine *edit, const char *editor);
/// Whether the user's `.editrc` chose vi keys.
int tlx_el_is_vi(EditLine *edit);
void tlx_el_add_function(EditLine *edit, const char *name, const char *help, tlx_key_function function);
/// `bind KEY COMMAND` in the main map, and in the alternative one (vi's command mode) if `alternative`.
void tlx_el_bind(EditLine *edit, const char *key, const char *command, int alternative);
void tlx_el_bind_alternative(EditLine *edit, const char *key, const char *command);
void tlx_el_set_reader(EditLine *edit, tlx_read_function reader);
void tlx_el_set_history(EditLine *edit, History *history);
void tlx_el_refresh(EditLine *edit);
/// Raw mode on or off around a stop (Ctrl-Z).
void tlx_el_prepare_terminal(EditLine *edit, int on);
void tlx_history_set_size(History *history, int size);
void tlx_history_enter(History *history, const char *text);
/// Columns and rows of the terminal behind a descriptor; 0 if it has none.
int tlx_terminal_size(int descriptor, int *columns, int *rows);
/// Pixels from left to right of the terminal behind a descriptor; 0 if it does not tell.
int tlx_terminal_pixels(int descriptor);
/// Columns that a character takes; -1 if it cannot be printed.
int tlx_character_width(int32_t character);

#endif
