"""What is taken, what is refused, and that nothing is left of what was refused."""

import itertools

import pytest

from zhoudao.core.files import actions, store
from zhoudao.core.files.rules import BadFile, clean_name
from zhoudao.core.files.tests.uploads import CSV, DOCX, JPEG, PDF, PNG, XLSX, Upload, office


def everything_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", PDF, "pdf"),
        ("a.jpg", JPEG, "jpeg"),
        ("A.JPEG", JPEG, "jpeg"),
        ("a.png", PNG, "png"),
        ("a.docx", DOCX, "docx"),
        ("a.xlsx", XLSX, "xlsx"),
        ("a.csv", CSV, "csv"),
        ("a.csv", CSV.decode().encode("gb18030"), "csv"),
        ("𠮷.txt", "𠮷野家·阿丽娅".encode(), "text"),
    ],
)
@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_what_is_taken(name, content, kind, piece, store_folder):
    kept = actions.receive(Upload(name, content, piece))
    assert (kept.kind.code, kept.size) == (kind, len(content))
    assert b"".join(store.open_content(kept.address)) == content
    assert kept.path.relative_to(store_folder).parts[:3] == ("sealed", kept.address[:2], kept.address[2:4])
    assert kept.path.stat().st_mode & 0o777 == 0o400
    assert everything_in(store_folder) == [kept.path]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.pdf", JPEG, "a.pdf: the name says pdf, but it is jpeg; expected a real pdf file"),
        ("a.jpg", b"MZ\x90\x00", "a.jpg: the name says jpeg, but its content is something else"),
        ("a.txt", PDF, "a.txt: the name says text, but it is pdf"),
        ("a.csv", DOCX, "a.csv: the name says csv, but its content is something else"),
        (
            "a.docx",
            XLSX,
            "a.docx: the name says docx, but its content is something else; expected word/document.xml",
        ),
        ("a.docx", office("word/document.xml", "word/vbaProject.bin"), "a.docx: it holds macros"),
        ("a.docx", DOCX[:40], "a.docx: it can't be opened"),
        ("a.txt", b"text\x00text", "a.txt: it isn't text; expected UTF-8 or GB 18030"),
        ("a.txt", b"\xff\xfe\xff\xff\xff", "a.txt: it isn't text"),
        ("a.txt", "截断".encode("gb18030")[:-1], "a.txt: it isn't text"),
        ("a.exe", b"MZ", "a.exe: files of this kind aren't taken; expected one of pdf, jpg, jpeg, png, docx"),
        ("a.html", b"<script>", "a.html: files of this kind aren't taken"),
        ("a.svg", b"<svg>", "a.svg: files of this kind aren't taken"),
        ("a.pdf", b"", "a.pdf: it is empty; expected a pdf file"),
        ("", PDF, "'': a file needs a name with an extension"),
        (".pdf", PDF, "'.pdf': a file needs a name with an extension"),
    ],
    ids=itertools.count(),  # the contents hold the time they were zipped: no name for a test
)
def test_what_is_refused(name, content, complaint, store_folder):
    with pytest.raises(BadFile) as caught:
        actions.receive(Upload(name, content))
    assert str(caught.value).startswith(complaint)
    assert everything_in(store_folder) == []


def test_a_file_that_is_too_large_is_refused_while_it_comes(settings, store_folder):
    settings.FILE_LIMIT_MIB = 1
    sent = []

    def endless():
        while True:
            sent.append(1)
            yield PDF + b"\x00" * 100_000

    upload = Upload("a.pdf", b"")
    upload.chunks = endless
    with pytest.raises(BadFile, match=r"a\.pdf: it is larger than 1 MiB"):
        actions.receive(upload)
    assert len(sent) == 11
    assert everything_in(store_folder) == []


def test_the_same_content_is_kept_once(store_folder):
    first = actions.receive(Upload("a.pdf", PDF))
    second = actions.receive(Upload("b.pdf", PDF))
    assert first.path == second.path
    assert everything_in(store_folder) == [first.path]


def test_a_connection_that_breaks_leaves_nothing(store_folder):
    def broken():
        yield PDF
        raise ConnectionResetError

    upload = Upload("a.pdf", b"")
    upload.chunks = broken
    with pytest.raises(store.CannotStore):
        actions.receive(upload)
    assert everything_in(store_folder) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("C:\\Users\\me\\photo.jpg", "photo.jpg"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("fdp\u202egpj.exe.pdf", "fdpgpj.exe.pdf"),
        ("a\r\nb\x00.pdf", "ab.pdf"),
        ("é" * 300 + ".pdf", "é" * 116 + ".pdf"),
        (" 户口簿.PDF ", "户口簿.PDF"),
    ],
)
def test_names_are_cleaned(name, kept):
    assert clean_name(name) == kept
