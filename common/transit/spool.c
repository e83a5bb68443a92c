/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/transit/spool.h"

#include "common/transit/spool_block.h"
#include "common/transit/spool_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Most mails end after their header, so the first piece of memory holds one. */
#define SPOOL_FIRST_CAPACITY 2048

/* Above it a block is sought: from there on an allocator takes fresh pages for a buffer each time.
 */
#define BLOCK_FROM ((gsize)128 * 1024)

#define POUR_OCTETS (64 * 1024)

static gboolean fail(GError **error, const char *what)
{
    int number = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number), "%s: %s", what,
                g_strerror(number));
    return FALSE;
}

void spool_init(Spool *spool, gsize limit)
{
    *spool = (Spool){.limit = limit, .file = -1};
}

/* FALSE when there is no memory, and everything is as it was. */
static gboolean grow(Spool *spool, gsize needed)
{
    gsize capacity = MAX(spool->capacity, SPOOL_FIRST_CAPACITY);
    while (capacity < needed)
        capacity *= 2;
    if (capacity == spool->capacity)
        return TRUE;
    char *memory = g_try_realloc(spool->memory, capacity);
    if (memory == NULL)
        return FALSE;
    spool->memory = memory;
    spool->capacity = capacity;
    return TRUE;
}

/* FALSE when there is no block. */
static gboolean move_to_block(Spool *spool)
{
    char *block = spool_block_take();
    if (block == NULL)
        return FALSE;
    if (spool->size > 0)
        memcpy(block, spool->memory, spool->size);
    g_free(spool->memory);
    spool->memory = block;
    spool->in_block = TRUE;
    return TRUE;
}

/* FALSE when memory has no room for so many octets, and everything is as it was. */
static gboolean make_room(Spool *spool, gsize needed)
{
    if (spool->file >= 0)
        return FALSE;
    gboolean for_block = needed > BLOCK_FROM && MAX(needed, spool->expected) <= SPOOL_BLOCK_SIZE;
    if (spool->in_block || (for_block && move_to_block(spool)))
        return needed <= SPOOL_BLOCK_SIZE;
    return needed <= spool->limit && grow(spool, needed);
}

static gboolean write_all(int file, Octets octets, GError **error)
{
    return octets_write(octets, file) || fail(error, "the temporary file cannot be written");
}

static void free_memory(Spool *spool, void (*free_block)(char *))
{
    if (spool->in_block)
        free_block(spool->memory);
    else
        g_free(spool->memory);
    spool->memory = NULL;
    spool->in_block = FALSE;
    spool->capacity = 0;
}

/* FALSE, and everything is as it was. A block was too small then, and may be for the next message,
 * too: it is no longer of use. */
static gboolean move_to_file(Spool *spool, GError **error)
{
    int file = spool_file_take(error);
    if (file < 0)
        return FALSE;
    if (!write_all(file, (Octets){spool->memory, spool->size}, error)) {
        spool_file_give(file);
        return FALSE;
    }
    spool->file = file;
    free_memory(spool, spool_block_drop);
    return TRUE;
}

gboolean spool_add(Spool *spool, Octets octets, GError **error)
{
    if (octets.size == 0)
        return TRUE;
    gsize size = spool->size + octets.size;
    gboolean fits = make_room(spool, size);
    if (fits)
        memcpy(spool->memory + spool->size, octets.data, octets.size);
    else if (spool->file < 0 && !move_to_file(spool, error))
        return FALSE;
    if (!fits && !write_all(spool->file, octets, error))
        return FALSE;
    spool->size = size;
    return TRUE;
}

gboolean spool_view(Spool *spool, Octets *octets, GError **error)
{
    if (spool->file >= 0 && spool->map == NULL) {
        void *map = mmap(NULL, spool->size, PROT_READ, MAP_SHARED, spool->file, 0);
        if (map == MAP_FAILED)
            return fail(error, "the temporary file cannot be mapped");
        spool->map = map;
    }
    *octets = (Octets){spool->file >= 0 ? spool->map : spool->memory, spool->size};
    return TRUE;
}

/* Reads `size` octets from `offset` on; as many as there are where they are fewer. -1 with errno.
 */
static gssize read_at(int file, char *to, gsize size, gsize offset)
{
    gssize got;
    do {
        got = pread(file, to, size, (off_t)offset);
    } while (got < 0 && errno == EINTR);
    return got;
}

static gboolean is_of_view(const Spool *spool, Octets octets)
{
    guintptr start = (guintptr)spool->map;
    guintptr at = (guintptr)octets.data;
    return spool->map != NULL && at >= start && at < start + spool->size;
}

gboolean spool_copy(const Spool *spool, Octets octets, char *to)
{
    if (!is_of_view(spool, octets)) {
        memcpy(to, octets.data, octets.size);
        return TRUE;
    }
    gsize offset = (gsize)(octets.data - spool->map);
    for (gsize done = 0; done < octets.size;) {
        gssize got = read_at(spool->file, to + done, octets.size - done, offset + done);
        if (got <= 0)
            return FALSE;
        done += (gsize)got;
    }
    return TRUE;
}

gboolean spool_pour(const Spool *spool, SplicePiece piece, gpointer data, GError **error)
{
    if (spool->file < 0)
        return spool->size == 0 || piece((Octets){spool->memory, spool->size}, data);
    char octets[POUR_OCTETS];
    for (gsize done = 0; done < spool->size;) {
        gsize wanted = MIN(spool->size - done, sizeof octets);
        gssize got = read_at(spool->file, octets, wanted, done);
        if (got <= 0)
            return fail(error, "the temporary file cannot be read");
        if (!piece((Octets){octets, (gsize)got}, data))
            return FALSE;
        done += (gsize)got;
    }
    return TRUE;
}

gboolean spool_is_large(const Spool *spool)
{
    return spool->size > spool->limit;
}

void spool_rest(Spool *spool)
{
    if (spool->map != NULL)
        madvise(spool->map, spool->size, MADV_DONTNEED);
}

void spool_clear(Spool *spool)
{
    if (spool->map != NULL)
        munmap(spool->map, spool->size);
    if (spool->file >= 0)
        spool_file_give(spool->file);
    free_memory(spool, spool_block_give);
    spool_init(spool, spool->limit);
}
