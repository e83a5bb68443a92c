#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""print_sbom: what a release consists of, as a document of SPDX 2.3 in JSON on standard output.

    print_sbom.py TARBALL --program FILE... --package FILE... --build-need NAME...

It tells what the build knows and nothing that was guessed: each file of the release with its
checksums and its license, the packages made of it, the libraries that the programs are linked
with (as the loader finds them here), and the packages that the build needed, both with the version
that this system has installed. The same input gives the same octets: the time is that of the
release, and the name of the document is made of the checksum of the release. Exit 1 when a file
cannot be read.
"""
import argparse
import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
LICENSE = "BSD-2-Clause"
UNKNOWN = "NOASSERTION"
IDENTIFIER = re.compile(rb"SPDX-License-Identifier: ([\w.-]+)")
NEEDED = re.compile(r"\(NEEDED\)\s+Shared library: \[(.+)\]")
LOADED = re.compile(r"(?m)^\s*(\S+) => (/\S+)")


def output(*command):
    """What a program prints, or None where it is not there or fails."""
    try:
        return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def spdx_id(kind, name):
    return f"SPDXRef-{kind}-" + re.sub(r"[^A-Za-z0-9.]+", "-", name)


def checksums(octets):
    return [{"algorithm": name.upper(), "checksumValue": hashlib.new(name, octets).hexdigest()}
            for name in ("sha1", "sha256")]


def package(name, kind, version, **more):
    """A package of the document; `more` goes before what is said of all."""
    return {"SPDXID": spdx_id(kind, name), "name": name, "versionInfo": version,
            "downloadLocation": UNKNOWN, "filesAnalyzed": False, "licenseConcluded": UNKNOWN,
            "licenseDeclared": UNKNOWN, "copyrightText": UNKNOWN, **more}


def relation(one, kind, other):
    return {"spdxElementId": one["SPDXID"], "relationshipType": kind,
            "relatedSpdxElement": other["SPDXID"]}


# --- The release

def source_file(name, octets):
    found = IDENTIFIER.search(octets[:1000])
    return {"SPDXID": spdx_id("File", name), "fileName": f"./{name}",
            "checksums": checksums(octets), "licenseConcluded": UNKNOWN,
            "licenseInfoInFiles": [found[1].decode() if found else UNKNOWN],
            "copyrightText": UNKNOWN}


def source_files(path):
    """Every file of the release, by name."""
    with tarfile.open(path) as tar:
        files = [source_file(member.name.split("/", 1)[1], tar.extractfile(member).read())
                 for member in tar if member.isfile()]
    for number, file in enumerate(files):
        file["SPDXID"] += f"-{number}"  # names that differ in punctuation alone
    return files


def verification_code(files):
    """SPDX 2.3, 7.9: of the sorted checksums of all files."""
    sums = sorted(file["checksums"][0]["checksumValue"] for file in files)
    return {"packageVerificationCodeValue": hashlib.sha1("".join(sums).encode()).hexdigest()}


def source_package(path, files):
    version = re.search(r"-(\d[\d.]*)\.tar", path.name)[1]
    return package("calmend", "Source", version, packageFileName=path.name, filesAnalyzed=True,
                   packageVerificationCode=verification_code(files), licenseDeclared=LICENSE,
                   licenseConcluded=LICENSE, checksums=checksums(path.read_bytes()),
                   primaryPackagePurpose="SOURCE",
                   licenseInfoFromFiles=sorted({file["licenseInfoInFiles"][0] for file in files}))


def built_package(path, version):
    return package(path.name, "Package", version, packageFileName=path.name,
                   licenseDeclared=LICENSE, checksums=checksums(path.read_bytes()),
                   primaryPackagePurpose="INSTALL")


# --- What this system has installed

def installed(name):
    """A package of this system, with its version where dpkg or rpm knows one."""
    for system, word, ask in (("debian", "deb", ("dpkg-query", "-W", "-f=${Version}", name)),
                              ("fedora", "rpm", ("rpm", "-q", "--qf", "%{VERSION}-%{RELEASE}", name))):
        version = output(*ask)
        if version:
            return package(name, "Installed", version, supplier=UNKNOWN, externalRefs=[
                {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                 "referenceLocator": f"pkg:{word}/{system}/{name}@{urllib.parse.quote(version)}"}])
    return package(name, "Installed", UNKNOWN)


def owner_of(library):
    """The name of the package that a file is from; that of the file where nobody knows. Debian has
    its libraries in /usr/lib, and some are still listed in /lib."""
    for path in (library, os.path.realpath(library), os.path.realpath(library)[len("/usr"):]):
        found = output("dpkg-query", "-S", path)
        if found:
            return re.split(r"[:,]", found)[0]
    found = shutil.which("rpm") and output("rpm", "-qf", "--qf", "%{NAME}\n", library)
    return found.splitlines()[0] if found else pathlib.Path(library).name


def libraries(program):
    """The packages of the libraries that a program names as needed."""
    places = dict(LOADED.findall(output("ldd", program) or ""))
    needed = NEEDED.findall(output("readelf", "-d", program) or "")
    return {owner_of(places[name]) for name in needed if name in places}


# --- The document

def document(options, seconds):
    files = source_files(options.tarball)
    source = source_package(options.tarball, files)
    made = [built_package(path, source["versionInfo"]) for path in sorted(options.package)]
    linked = set().union(*(libraries(program) for program in options.program))
    there = {name: installed(name) for name in sorted(linked | set(options.build_need))}
    begin = {"SPDXID": "SPDXRef-DOCUMENT"}
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": begin["SPDXID"],
        "name": f"calmend-{source['versionInfo']}",
        "documentNamespace": f"urn:sha256:{source['checksums'][1]['checksumValue']}",
        "creationInfo": {
            "created": datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
                       .strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": [f"Tool: print_sbom-{source['versionInfo']}",
                         "Organization: the calmend developers"]},
        "packages": [source, *made, *there.values()],
        "files": files,
        "relationships": [
            relation(begin, "DESCRIBES", source),
            *(relation(begin, "DESCRIBES", one) for one in made),
            *(relation(source, "CONTAINS", file) for file in files),
            *(relation(one, "GENERATED_FROM", source) for one in made),
            *(relation(source, "DYNAMIC_LINK", there[name]) for name in sorted(linked)),
            *(relation(there[name], "BUILD_DEPENDENCY_OF", source)
              for name in sorted(set(options.build_need)))]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tarball", type=pathlib.Path)
    parser.add_argument("--program", nargs="*", default=[])
    parser.add_argument("--package", nargs="*", default=[], type=pathlib.Path)
    parser.add_argument("--build-need", nargs="*", default=[])
    options = parser.parse_args()
    seconds = int(output(HERE / "release_time"))
    json.dump(document(options, seconds), sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
