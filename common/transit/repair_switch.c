/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/transit/repair_switch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SETTLE_SECONDS 2

/* What tells one state of the file from another. */
typedef struct {
    gboolean present;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    struct timespec changed;
} Fingerprint;

struct RepairSwitch {
    int owners; /* atomic */
    char *path;
    pthread_mutex_t mutex;
    Fingerprint seen;
    gboolean looked;
    SwitchState state;
    char *problem;
};

RepairSwitch *repair_switch_new(const char *path)
{
    RepairSwitch *repair_switch = g_new0(RepairSwitch, 1);
    repair_switch->owners = 1;
    repair_switch->path = g_strdup(path);
    pthread_mutex_init(&repair_switch->mutex, NULL);
    return repair_switch;
}

RepairSwitch *repair_switch_follow(RepairSwitch *former, const char *path)
{
    if (strcmp(former->path, path) == 0) {
        g_atomic_int_inc(&former->owners);
        return former;
    }
    RepairSwitch *repair_switch = repair_switch_new(path);
    pthread_mutex_lock(&former->mutex);
    repair_switch->state = former->state;
    pthread_mutex_unlock(&former->mutex);
    return repair_switch;
}

void repair_switch_free(RepairSwitch *repair_switch)
{
    if (repair_switch == NULL || !g_atomic_int_dec_and_test(&repair_switch->owners))
        return;
    pthread_mutex_destroy(&repair_switch->mutex);
    g_free(repair_switch->problem);
    g_free(repair_switch->path);
    g_free(repair_switch);
}

static gboolean same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static gboolean same_file(const Fingerprint *a, const Fingerprint *b)
{
    if (!a->present || !b->present)
        return a->present == b->present;
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           same_time(a->modified, b->modified) && same_time(a->changed, b->changed);
}

static Fingerprint fingerprint_of(const struct stat *status)
{
    return (Fingerprint){
        .present = TRUE,
        .device = status->st_dev,
        .inode = status->st_ino,
        .size = status->st_size,
        .modified = status->st_mtim,
        .changed = status->st_ctim,
    };
}

/* A second change may hide behind the first for as long as a file system's clock ticks. */
static gboolean is_settled(const Fingerprint *fingerprint)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    return !fingerprint->present || now - (gint64)fingerprint->changed.tv_sec > SETTLE_SECONDS;
}

static SwitchState refuse(RepairSwitch *repair_switch, const char *problem)
{
    repair_switch->problem = g_strdup_printf("%s: %s", repair_switch->path, problem);
    return SWITCH_REFUSED;
}

/* On, unless the first character that is no white space is 0. */
static SwitchState read_content(RepairSwitch *repair_switch, int file)
{
    char content[4096];
    ssize_t size;
    while ((size = read(file, content, sizeof content)) > 0) {
        for (ssize_t i = 0; i < size; i++) {
            if (!g_ascii_isspace(content[i]))
                return content[i] == '0' ? SWITCH_OFF : SWITCH_ON;
        }
    }
    return size < 0 ? refuse(repair_switch, g_strerror(errno)) : SWITCH_ON;
}

static SwitchState read_state(RepairSwitch *repair_switch)
{
    int file = open(repair_switch->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0 && errno == ENOENT)
        return SWITCH_OFF;
    if (file < 0)
        return refuse(repair_switch, g_strerror(errno));

    struct stat status;
    SwitchState state;
    if (fstat(file, &status) < 0)
        state = refuse(repair_switch, g_strerror(errno));
    else if (!S_ISREG(status.st_mode))
        state = refuse(repair_switch, "not a regular file");
    else if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        state = refuse(repair_switch, "others than its owner may write it; "
                                      "remove the write permission of group and others");
    else
        state = read_content(repair_switch, file);
    close(file);
    return state;
}

SwitchState repair_switch_look(RepairSwitch *repair_switch, gboolean *changed)
{
    struct stat status;
    Fingerprint now = {.present = FALSE};
    if (stat(repair_switch->path, &status) == 0)
        now = fingerprint_of(&status);
    else
        now.present = errno != ENOENT && errno != ENOTDIR;

    pthread_mutex_lock(&repair_switch->mutex);
    SwitchState before = repair_switch->state;
    if (!repair_switch->looked || !is_settled(&now) || !same_file(&now, &repair_switch->seen)) {
        g_clear_pointer(&repair_switch->problem, g_free);
        repair_switch->looked = TRUE;
        repair_switch->seen = now;
        repair_switch->state = now.present ? read_state(repair_switch) : SWITCH_OFF;
    }
    SwitchState state = repair_switch->state;
    pthread_mutex_unlock(&repair_switch->mutex);
    if (changed != NULL)
        *changed = state != before;
    return state;
}

char *repair_switch_problem(RepairSwitch *repair_switch)
{
    pthread_mutex_lock(&repair_switch->mutex);
    char *problem = g_strdup(repair_switch->problem);
    pthread_mutex_unlock(&repair_switch->mutex);
    return problem;
}
