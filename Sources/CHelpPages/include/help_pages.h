#ifndef GRADCHECK_HELP_PAGES_H
#define GRADCHECK_HELP_PAGES_H

#include <stddef.h>

/// A page of the documentation that the program carries, in UTF-8.
typedef struct {
  /// `Diagnostics/shape-groups`, `Rules/flip`.
  const char *name;
  const unsigned char *text;
  size_t length;
} gradcheck_help_page;

/// The page at a place; its name is null behind the last.
gradcheck_help_page gradcheck_help_page_at(size_t index);

#endif
