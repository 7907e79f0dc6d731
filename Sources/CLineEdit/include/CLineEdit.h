#ifndef TLX_CLINEEDIT_H
#define TLX_CLINEEDIT_H
#endif
