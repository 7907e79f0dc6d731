// For wcwidth.
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE

#include "CLineEdit.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <wchar.h>

EditLine *tlx_el_open(const char *program) { return el_init(program, stdin, stdout, stderr); }

void tlx_el_set_prompt(EditLine *edit, tlx_prompt_function prompt) {
  el_set(edit, EL_PROMPT_ESC, prompt, '\1');
}

void tlx_el_set_editor(EditLine *edit, const char *editor) { el_set(edit, EL_EDITOR, editor); }

int tlx_el_is_vi(EditLine *edit) {
  const char *editor = NULL;
  return el_get(edit, EL_EDITOR, &editor) == 0 && editor != NULL && strcmp(editor, "vi") == 0;
}

void tlx_el_add_function(EditLine *edit, const char *name, const char *help, tlx_key_function function) {
  el_set(edit, EL_ADDFN, name, help, function);
}

void tlx_el_bind(EditLine *edit, const char *key, const char *command, int alternative) {
  el_set(edit, EL_BIND, key, command, NULL);
  if (alternative) tlx_el_bind_alternative(edit, key, command);
}

void tlx_el_bind_alternative(EditLine *edit, const char *key, const char *command) {
  el_set(edit, EL_BIND, "-a", key, command, NULL);
}

void tlx_el_set_reader(EditLine *edit, tlx_read_function reader) { el_set(edit, EL_GETCFN, reader); }

void tlx_el_set_history(EditLine *edit, History *list) { el_set(edit, EL_HIST, history, list); }

void tlx_el_refresh(EditLine *edit) { el_set(edit, EL_REFRESH); }

void tlx_el_prepare_terminal(EditLine *edit, int on) { el_set(edit, EL_PREP_TERM, on); }

void tlx_history_set_size(History *list, int size) {
  HistEvent event;
  history(list, &event, H_SETSIZE, size);
}

void tlx_history_enter(History *list, const char *text) {
  HistEvent event;
  history(list, &event, H_ENTER, text);
}

int tlx_terminal_size(int descriptor, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 0;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return 1;
}

int tlx_terminal_pixels(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_xpixel : 0;
}

int tlx_character_width(int32_t character) { return wcwidth((wchar_t)character); }
