"""Names of classes in other languages and in published data sets."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.domain.class_names import ClassAliases, fold_name, parse_class_aliases, without_counts
from leukview.domain.taxonomy import DISEASES, Taxonomy, parse_taxonomy

FAMILY_NAMES = [
    "Smith",
    "Jones",
    "Williams",
    "Brown",
    "Taylor",
    "Müller",
    "Schmidt",
    "Schneider",
    "Fischer",
    "Weber",
    "Meyer",
    "Schmutz",
    "Stahl",
    "Band",
    "Kern",
    "Zell",
    "Martin",
    "Bernard",
    "Dubois",
    "Petit",
    "Durand",
    "Leroy",
    "Segment",
    "García",
    "Rodríguez",
    "González",
    "Fernández",
    "López",
    "Bastos",
    "Silva",
    "Santos",
    "Rossi",
    "Russo",
    "Ferrari",
    "Bianchi",
    "Esposito",
    "Romano",
    "Blasi",
    "Sato",
    "Suzuki",
    "Takahashi",
    "Tanaka",
    "Ivanov",
    "Иванов",
    "Петров",
    "Сидоров",
    "Novák",
    "Kovács",
    "Roe",
    "Poe",
    "张三",
    "李四",
    "王伟",
    "王芳",
    "李娜",
    "陈静",
    "刘洋",
    "杨光",
    "赵敏",
    "单红",
    "原红",
    "白洁",
    "兰兰",
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "渡辺",
    "山本",
    "伊藤",
    "中村",
    "小林",
    "加藤",
]


@pytest.fixture(scope="module")
def aliases() -> ClassAliases:
    return parse_class_aliases((resources_dir() / "class_aliases.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("folder", "key"),
    [
        ("淋巴细胞", "lymphocyte"),
        ("01_淋巴细胞", "lymphocyte"),
        ("淋巴细胞 (120)", "lymphocyte"),
        ("淋巴细胞（120）", "lymphocyte"),
        ("淋巴细胞35%", "lymphocyte"),
        ("血小板 聚集", "platelet_clump"),
        ("好中球(桿状核)", "band_neutrophil"),
        ("赤芽球", "erythroblast"),
        ("ﾘﾝﾊﾟ球", "lymphocyte"),
        ("Linfocitos", "lymphocyte"),
        ("BLASTOS", "blast"),
        ("Érythroblastes", "erythroblast"),
        ("Erythroblastes", "erythroblast"),
        ("Neutrofili segmentati", "segmented_neutrophil"),
        ("Bastões", "band_neutrophil"),
        ("Große Thrombozyten", "platelet"),
        ("03 - Monocytes (12)", "monocyte"),
    ],
)
def test_that_names_of_eight_languages_are_known(taxonomy: Taxonomy, folder: str, key: str):
    found = taxonomy.class_by_folder(folder)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    "folder",
    ["", "★★", "---", "张三", "王伟", "李娜", "佐藤", "Иванов", "Παπαδόπουλος", "محمد", "ALL", "all", "AML", "aml",
     "Cmml", "Ph+ALL", "normal", "幼稚细胞", "异常淋巴细胞", "白血病细胞", "급성", "คนไข้"],
)  # fmt: skip
def test_that_a_name_that_is_no_class_matches_none(taxonomy: Taxonomy, folder: str):
    assert taxonomy.class_by_folder(folder) is None


def test_that_accents_fold_and_other_scripts_keep_their_letters():
    assert fold_name("MÜLLER") == fold_name("Müller") == fold_name("Mu\u0308ller") == "muller"
    assert fold_name("Straße") == "strasse"
    assert fold_name("ＡＭＬ") == "aml"
    assert fold_name("ガ") != fold_name("カ")
    assert fold_name("й") != fold_name("и")
    assert fold_name("张三") == "张三"
    assert fold_name("  -- ") == ""


@given(st.text(max_size=30))
def test_that_folding_twice_changes_nothing(name: str):
    assert fold_name(fold_name(name)) == fold_name(name)


@pytest.mark.parametrize("name", ["Lymphocyte 2", "Patient_26", "10027006113", "Smith 3"])
def test_that_numbers_that_are_no_count_stay(name: str):
    assert without_counts(name) == name


def test_that_no_alias_names_two_classes(taxonomy: Taxonomy, aliases: ClassAliases):
    own = {fold_name(n): c.key for c in taxonomy.classes for n in (c.name, c.plural, *c.aliases)}
    assert {name: key for name, key in aliases.names.items() if own.get(name, key) != key} == {}
    codes = {code.casefold(): c.key for c in taxonomy.classes for code in c.codes}
    assert {code: key for code, key in aliases.codes.items() if codes.get(code, key) != key} == {}
    crossed = {code: key for code, key in aliases.codes.items() if aliases.names.get(code, key) != key}
    assert crossed == {}


def test_that_no_alias_is_a_disease_a_family_name_or_all(taxonomy: Taxonomy, aliases: ClassAliases):
    diseases = {fold_name(d) for d in taxonomy.diagnoses} | {c.key for c in taxonomy.classes if c.group == DISEASES}
    forbidden = diseases | {fold_name(name) for name in FAMILY_NAMES} | {"all", ""}
    assert forbidden.isdisjoint(aliases.names)
    assert (diseases | {"all", ""}).isdisjoint(aliases.codes)  # a code may be a name: it needs confirmation
    assert all(taxonomy.class_by_folder(name) is None for name in FAMILY_NAMES)


def test_that_every_class_has_names_in_all_languages(taxonomy: Taxonomy):
    table = tomllib.loads((resources_dir() / "class_aliases.toml").read_text(encoding="utf-8"))
    table.pop("sets")
    assert set(table) == {c.key for c in taxonomy.classes}
    languages = {"zh", "zh_hant", "de", "es", "fr", "pt", "it", "ja"}
    assert {key: sorted(languages - set(names)) for key, names in table.items() if languages - set(names)} == {}


def test_that_a_code_means_what_the_data_set_beside_it_means(taxonomy: Taxonomy):
    munich = ["BAS", "EBO", "EOS", "KSC", "LYA", "LYT", "MMZ", "MOB", "MON", "MYB", "MYO", "NGB", "NGS", "PMB", "PMO"]
    found = {code: taxonomy.class_by_folder_code(code, munich) for code in munich}
    assert {code: c.key for code, c in found.items() if c} == {
        "BAS": "basophil", "EBO": "erythroblast", "EOS": "eosinophil", "KSC": "smudge_cell",
        "LYA": "variant_lymphocyte", "LYT": "lymphocyte", "MMZ": "metamyelocyte", "MOB": "blast", "MON": "monocyte",
        "MYB": "myelocyte", "MYO": "blast", "NGB": "band_neutrophil", "NGS": "segmented_neutrophil",
        "PMB": "promyelocyte", "PMO": "promyelocyte",
    }  # fmt: skip
    alone = taxonomy.class_by_folder_code("PMO", ["PMO", "LY", "MO"])
    assert alone is not None
    assert alone.key == "promonocyte"


@pytest.mark.parametrize(
    "text",
    ['[blast]\nde = ["Zelle"]\n[monocyte]\nfr = ["ZELLE"]', "[blast", "blast = 3", '[[sets]]\nname = "x"'],
    ids=["one name for two classes", "no TOML", "no table", "a set without codes"],
)
def test_that_a_faulty_table_is_refused_with_a_sentence(text: str):
    with pytest.raises(LeukViewError, match="class alias"):
        parse_class_aliases(text)


def test_that_an_alias_of_an_unknown_class_is_refused(taxonomy_text: str):
    with pytest.raises(LeukViewError, match="unknown class moon"):
        parse_taxonomy(taxonomy_text, ClassAliases({"mond": "moon"}))


@pytest.mark.parametrize(
    ("fine", "coarse", "is_part"),
    [
        ("metamyelocyte", "immature_granulocyte", True),
        ("band_neutrophil", "neutrophil", True),
        ("giant_platelet", "platelet", True),
        ("promonocyte", "blast", False),
        ("metamyelocyte", "myelocyte", False),
        ("neutrophil", "band_neutrophil", False),
        ("lymphocyte", "monocyte", False),
        ("blast", "blast", False),
    ],
)
def test_that_a_part_of_a_class_is_told_from_another_class(taxonomy: Taxonomy, fine: str, coarse: str, is_part: bool):
    assert taxonomy.is_finer(fine, coarse) is is_part
