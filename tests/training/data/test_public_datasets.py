"""Readers of published sets, on miniature imitations of their layouts: empty files where only names matter."""

import pytest

from leukview.core.errors import LeukViewError
from training.data.dataset import read_taxonomy
from training.data.public_datasets import PUBLIC_DATASETS, read_public_dataset

TAXONOMY = read_taxonomy()


def write_files(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def labels(name, folder):
    return {i.name: (i.cell_class, i.diagnosis, i.patient) for i in read_public_dataset(name, folder, TAXONOMY)}


def steps(name, folder):
    items = read_public_dataset(name, folder, TAXONOMY)
    return {i.name: [str(s) for s in TAXONOMY.determined_steps(i.cell_class, i.diagnosis)] for i in items}


@pytest.mark.parametrize("name", sorted(PUBLIC_DATASETS))
def test_that_every_label_of_a_set_is_a_class_and_a_diagnosis_of_ours_and_its_source_is_cited(name):
    from training.data import public_datasets

    known = {c.key for c in TAXONOMY.classes}
    tables = {
        "lmu": [public_datasets.LMU_LABELS],
        "cnmc": [public_datasets._CNMC_LABELS],
        "all-idb2": [public_datasets._IDB2_LABELS],
        "mll23": [public_datasets.MLL23_LABELS],
        "barcelona": [public_datasets.BARCELONA_LABELS, public_datasets.BARCELONA_PREFIX_LABELS],
    }[name]
    for cell_class, diagnosis in (label for table in tables for label in table.values()):
        assert cell_class in known
        assert not diagnosis or diagnosis in TAXONOMY.diagnoses
    assert len(PUBLIC_DATASETS[name].citation) > 60
    assert PUBLIC_DATASETS[name].source == name


def test_that_lmu_codes_are_its_own_and_not_the_analysers(tmp_path):
    root = tmp_path / "AML-Cytomorphology_LMU"
    codes = ["BAS", "EBO", "EOS", "KSC", "LYA", "LYT", "MMZ", "MOB", "MON", "MYB", "MYO", "NGB", "NGS", "PMB", "PMO"]
    write_files(root, *(f"{code}/{code}_0001.tiff" for code in codes))
    write_files(root, "PMO/Thumbs.db", "abbreviations.txt", "MYO/other.tiff")
    found = labels("lmu", tmp_path)
    assert len(found) == 15
    assert found["PMO_0001.tiff"][0] == "promyelocyte"
    analysers = TAXONOMY.class_by_code("PMO")
    assert analysers is not None
    assert analysers.key == "promonocyte"
    assert found["MYO_0001.tiff"] == found["MOB_0001.tiff"] == ("blast", "AML", "")
    assert found["EBO_0001.tiff"][0] == "erythroblast"
    assert "apl:other_aml" in steps("lmu", tmp_path)["MYO_0001.tiff"]


def test_that_an_image_on_which_the_experts_of_lmu_disagreed_is_passed_over(tmp_path):
    write_files(tmp_path, "MYO/MYO_0001.tiff", "MYO/MYO_0002.tiff", "MON/MON_0001.tiff")
    (tmp_path / "annotations.dat").write_text(
        "MYO/MYO_0001.tiff MYO MYO nan\nMYO/MYO_0002.tiff MYO MOB MYO\nMON/MON_0001.tiff MON nan nan\n"
    )
    assert set(labels("lmu", tmp_path)) == {"MYO_0001.tiff", "MON_0001.tiff"}


def test_that_cnmc_names_patients_so_that_none_crosses_a_split(tmp_path):
    write_files(
        tmp_path,
        "C-NMC_training_data/fold_0/all/UID_11_10_1_all.bmp",
        "C-NMC_training_data/fold_0/all/UID_11_11_2_all.bmp",
        "C-NMC_training_data/fold_0/hem/UID_H10_1_1_hem.bmp",
        "C-NMC_training_data/fold_1/all/UID_1_1_1_all.bmp",
        "C-NMC_training_data/fold_1/all/notes.bmp",
    )
    assert labels("cnmc", tmp_path) == {
        "UID_11_10_1_all.bmp": ("blast", "ALL", "cnmc 11"),
        "UID_11_11_2_all.bmp": ("blast", "ALL", "cnmc 11"),
        "UID_H10_1_1_hem.bmp": ("variant_lymphocyte", "normal", "cnmc H10"),
        "UID_1_1_1_all.bmp": ("blast", "ALL", "cnmc 1"),
    }
    found = steps("cnmc", tmp_path)
    assert found["UID_H10_1_1_hem.bmp"] == [
        "gate:leukocyte", "stage1:benign", "lineage:lymphoid", "lymphoid:variant_lymphocyte",
    ]  # fmt: skip
    assert "stage3l:all" in found["UID_1_1_1_all.bmp"]


def test_that_the_preliminary_test_images_of_cnmc_get_their_old_names_back(tmp_path):
    write_files(tmp_path, "C-NMC_test_prelim_phase_data/1.bmp", "C-NMC_test_prelim_phase_data/2.bmp")
    (tmp_path / "C-NMC_test_prelim_phase_data_labels.csv").write_text(
        "Patient_ID,new_names,labels\nUID_57_29_1_all.bmp,1.bmp,1\nUID_H26_22_6_hem.bmp,2.bmp,0\n"
    )
    assert labels("cnmc", tmp_path) == {
        "1.bmp": ("blast", "ALL", "cnmc 57"),
        "2.bmp": ("variant_lymphocyte", "normal", "cnmc H26"),
    }


def test_that_the_last_digit_of_all_idb2_is_the_label(tmp_path):
    write_files(tmp_path, "img/Im001_1.tif", "img/Im260_0.tif", "img/readme.tif")
    assert labels("all-idb2", tmp_path) == {
        "Im001_1.tif": ("blast", "ALL", ""),
        "Im260_0.tif": ("variant_lymphocyte", "normal", ""),
    }


def test_that_mll23_folders_read_in_either_order_of_words_and_what_names_no_disease_claims_none(tmp_path):
    folders = ["basophil", "hairy_cell", "Lymphocyte, reactive", "neutrophil_band", "segmented_neutrophils"]
    folders += ["lymphocyte_neoplastic", "promyelocyte_atypical", "myeloblast", "normoblast", "smudge_cell"]
    write_files(tmp_path, *(f"{folder}/{i}.TIF" for i, folder in enumerate(folders)))
    found = labels("mll23", tmp_path)
    assert {name: label[0] for name, label in found.items()} == {
        "0.TIF": "basophil",
        "1.TIF": "hcl",
        "2.TIF": "variant_lymphocyte",
        "3.TIF": "band_neutrophil",
        "4.TIF": "segmented_neutrophil",
        "6.TIF": "promyelocyte",
        "7.TIF": "blast",
        "8.TIF": "erythroblast",
        "9.TIF": "smudge_cell",
    }
    assert steps("mll23", tmp_path)["7.TIF"] == [
        "gate:leukocyte",
        "stage1:malignant",
        "lineage:blast",
        "blast_type:blast",
    ]
    assert steps("mll23", tmp_path)["1.TIF"][-1] == "stage3l:hcl"


def test_that_prefixes_of_barcelona_tell_what_its_folders_do_not(tmp_path):
    names = ["basophil/BA_123456.jpg", "neutrophil/BNE_1.jpg", "neutrophil/SNE_2.jpg", "neutrophil/NEUTROPHIL_3.jpg"]
    names += ["ig/MY_4.jpg", "ig/MMY_5.jpg", "ig/PMY_6.jpg", "ig/IG_7.jpg", "platelet/PLATELET_8.jpg"]
    names += ["erythroblast/ERB_9.jpg", "ig/.DS_169665.jpg"]
    write_files(tmp_path / "PBC_dataset_normal_DIB", *names)
    found = {name: label[0] for name, label in labels("barcelona", tmp_path).items()}
    assert found == {
        "BA_123456.jpg": "basophil",
        "BNE_1.jpg": "band_neutrophil",
        "SNE_2.jpg": "segmented_neutrophil",
        "NEUTROPHIL_3.jpg": "neutrophil",
        "MY_4.jpg": "myelocyte",
        "MMY_5.jpg": "metamyelocyte",
        "PMY_6.jpg": "promyelocyte",
        "IG_7.jpg": "immature_granulocyte",
        "PLATELET_8.jpg": "platelet",
        "ERB_9.jpg": "erythroblast",
    }
    assert steps("barcelona", tmp_path)["PMY_6.jpg"] == [
        "gate:leukocyte",
        "lineage:immature_granulocyte",
        "granulopoiesis:promyelocyte",
    ]


@pytest.mark.parametrize("name", sorted(PUBLIC_DATASETS))
def test_that_a_folder_of_another_layout_is_refused(name, tmp_path):
    write_files(tmp_path, "some/where/picture.jpg")
    with pytest.raises(LeukViewError, match="layout"):
        read_public_dataset(name, tmp_path, TAXONOMY)
    with pytest.raises(LeukViewError, match="no folder"):
        read_public_dataset(name, tmp_path / "gone", TAXONOMY)


def test_that_an_item_gives_the_bytes_of_its_file(tmp_path):
    write_files(tmp_path, "Im001_1.tif")
    (item,) = read_public_dataset("all-idb2", tmp_path, TAXONOMY)
    assert item.read_bytes() == b"Im001_1.tif"
