"""Tables, read strictly: every line is a row or refused with its number."""

from __future__ import annotations

from pathlib import Path

import pytest

from forum.foundation.errors import Invalid
from mapping.files import tables
from mapping.files.tables import Line, read_csv


def written(folder: Path, content: bytes | str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def lines(folder: Path, content: bytes | str, **options: str) -> list[Line]:
    return list(read_csv(written(folder, content), **options).lines)


def refusal(folder: Path, content: bytes | str, **options: str) -> Invalid:
    with pytest.raises(Invalid) as caught:
        lines(folder, content, **options)
    assert caught.value.remedy
    return caught.value


def test_each_row_has_its_cells_by_column_and_the_line_where_it_begins(tmp_path: Path) -> None:
    table = read_csv(written(tmp_path, '\ufeffid,text\r\n1,"two\r\nlines"\r\n\r\n2,å\r\n,\r\n'))
    assert list(table.columns) == ["id", "text"]
    assert [(line.number, line.cells, line.problem) for line in table.lines] == [
        (2, {"id": "1", "text": "two\r\nlines"}, None),
        (5, {"id": "2", "text": "å"}, None),
    ]


@pytest.mark.parametrize(("delimiter", "content"), [(";", "a;b\n1;2\n"), ("\t", "a\tb\n1\t2\n"), ("|", "a|b\n1|2\n")])
def test_the_delimiter_is_the_one_that_the_mapping_names(tmp_path: Path, delimiter: str, content: str) -> None:
    assert lines(tmp_path, content, delimiter=delimiter)[0].cells == {"a": "1", "b": "2"}


def test_another_encoding_is_refused_with_line_and_remedy_and_read_when_it_is_named(tmp_path: Path) -> None:
    content = "id,text\n1,Högdalen\n2,Hökarängen\n".encode("cp1252")
    error = refusal(tmp_path, content)
    assert (error.field, error.params["line"]) == ("encoding", 2)
    assert "cp1252" in str(error)
    assert [line.cells["text"] for line in lines(tmp_path, content, encoding="cp1252")] == ["Högdalen", "Hökarängen"]


def test_utf_8_that_is_read_as_something_else_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "id,text\n1,Högdalen\n", encoding="cp1252").field == "encoding"
    assert lines(tmp_path, "id,text\n1,Farsta\n", encoding="cp1252")[0].cells["text"] == "Farsta"


def test_utf_16_without_its_name_is_refused(tmp_path: Path) -> None:
    content = "id,text\n1,Farsta\n"
    assert refusal(tmp_path, content.encode("utf-16")).field == "encoding"
    assert refusal(tmp_path, content.encode("utf-16-le")).field == "file"
    assert lines(tmp_path, content.encode("utf-16"), encoding="utf-16")[0].cells["id"] == "1"


@pytest.mark.parametrize(
    "content", ["", "\n\n", "id,id\n1,2\n", "id,\n1,2\n", "i\0d,b\n1,2\n", ",".join(map(str, range(201)))]
)
def test_a_file_that_does_not_name_its_columns_is_refused(tmp_path: Path, content: str) -> None:
    assert refusal(tmp_path, content).field == "file"


def test_a_row_of_another_length_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    found = lines(tmp_path, "id,text\n1,a\n2,a,b\n3\n4,d\n")
    assert [(line.number, line.problem is None) for line in found] == [(2, True), (3, False), (4, False), (5, True)]
    assert found[1].problem is not None
    assert found[1].problem.params == {"given": 3, "wanted": 2}
    assert found[1].cells["id"] == "2"


def test_a_nul_refuses_its_row_and_names_the_column(tmp_path: Path) -> None:
    found = lines(tmp_path, "id,text\n1,a\0b\n2,c\n")
    assert found[0].problem is not None
    assert (found[0].problem.field, found[1].problem) == ("text", None)


@pytest.mark.parametrize("content", ['id,text\n1,"never closed\n2,b\n', 'id,text\n1,"a"b\n'])
def test_broken_quotation_marks_refuse_the_file_and_name_the_line(tmp_path: Path, content: str) -> None:
    assert refusal(tmp_path, content).params["line"] == 2


def test_a_cell_of_a_megabyte_is_read_and_one_beyond_all_measure_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = f"id,text\n1,{'a' * 1_000_000}\n"
    assert len(lines(tmp_path, content)[0].cells["text"]) == 1_000_000
    monkeypatch.setattr(tables, "MOST_CHARACTERS", 1000)
    assert refusal(tmp_path, content).params["line"] == 2


@pytest.mark.parametrize(("limit", "most"), [("MOST_LINES", 2), ("MOST_BYTES", 10)])
def test_a_table_with_too_much_in_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(tables, limit, most)
    assert "too large" in str(refusal(tmp_path, "id,text\n1,a\n2,b\n3,c\n"))


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="CSV"):
        read_csv(written(tmp_path, "id\n1\n", "a.xls"))
