"""What could not be checked is kept as a code and read in either language."""

import json

from zhoudao.engines.detection import Gap, gap_data, say_gap
from zhoudao.engines.detection.gaps import TEXTS


def test_it_reads_as_its_sentence_and_is_kept_as_a_code():
    gap = Gap("without", what="ledger.ip").of("flows.rings")
    assert gap == "flows.rings: without ledger.ip"
    kept = json.loads(json.dumps(gap_data(gap)))
    assert kept == {"code": "without", "detector": "flows.rings", "values": {"what": "ledger.ip"}}
    assert say_gap(kept, "zh-hans", {"flows.rings": "资金闭环"}) == "资金闭环：数据中没有 ledger.ip"
    assert say_gap(kept, "en") == gap


def test_a_sentence_kept_before_there_were_codes_stays_as_it_is():
    assert say_gap("without ledger.ip", "zh-hans") == "without ledger.ip"
    assert gap_data("without ledger.ip") == "without ledger.ip"


def test_every_text_has_its_values_in_both_languages():
    for text in TEXTS.values():
        assert sorted(
            text.zh.split("{")[1:] and [part.split("}")[0] for part in text.zh.split("{")[1:]]
        ) == sorted(part.split("}")[0] for part in text.en.split("{")[1:])
