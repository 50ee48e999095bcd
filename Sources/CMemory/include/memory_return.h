#ifndef WEIR_MEMORY_RETURN_H
#define WEIR_MEMORY_RETURN_H

/// Gives the system back what was freed and lies unused in the allocator's arenas. Does nothing where the C
/// library cannot. Swift does not see `malloc_trim`.
void weir_return_memory(void);

#endif
