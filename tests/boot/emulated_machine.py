# SPDX-License-Identifier: BSD-2-Clause
"""emulated_machine: a whole machine with a kernel of Debian's, in software emulation by qemu.

It boots a folder as its disk, with the kernel and the initial RAM disk that are installed there, and
runs until it turns itself off; it has no network. Its result is the file RESULT of its disk. It needs
no virtualization of the processor, and is ten to twenty times slower than this machine.
"""
import platform
import shutil
import subprocess

DISK = "2G"
PATIENCE = 400
LAST_WORDS = 3000
PROGRAMS = ("qemu-system-x86_64", "mkfs.ext4", "debugfs")
RESULT = "/root/result"
KERNEL = "linux-image-cloud-amd64"
WORDS = "root=/dev/vda rw console=ttyS0 panic=-1 systemd.show_status=no"
QEMU = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "qemu64,+rdrand", "-smp", "2",
        "-m", "1024", "-display", "none", "-monitor", "none", "-nic", "none", "-no-reboot"]


def missing():
    """Why there is no such machine here, or None."""
    for program in PROGRAMS:
        if not shutil.which(program):
            return f"{program} is not installed"
    return None


def unfit():
    """Why there can be none, or None."""
    return None if platform.machine() == "x86_64" else "the kernel is one for x86-64"


def run(root, folder):
    """What the machine wrote into its result, from the boot of `root` to its end. `folder` takes its
    disk, and what it had to say otherwise."""
    disk, console = folder / "disk", folder / "console"
    subprocess.run(["mkfs.ext4", "-q", "-d", root, disk, DISK], check=True,
                   stdout=subprocess.DEVNULL)
    kernel, = (root / "boot").glob("vmlinuz-*")
    ramdisk, = (root / "boot").glob("initrd.img-*")
    try:
        subprocess.run([*QEMU, "-kernel", kernel, "-initrd", ramdisk, "-append", WORDS, "-drive",
                        f"file={disk},format=raw,if=virtio,cache=unsafe", "-serial",
                        f"file:{console}"], check=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        words = console.read_text(errors="replace")[-LAST_WORDS:]
        raise AssertionError(f"the machine did not end:\n{words}") from None
    return subprocess.run(["debugfs", "-R", f"cat {RESULT}", disk], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
