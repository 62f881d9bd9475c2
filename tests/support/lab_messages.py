"""Messages and tables of a laboratory, with invented patients."""

from __future__ import annotations

from datetime import UTC, datetime


def order_message(
    control: str = "M1",
    order: str = "20230417",
    *,
    patient: str = "4711",
    name: str = "Müller^Anna",
    birth: str = "19561231",
    kind: str = "OML^O33^OML_O33",
    specimen: str = "T-1",
    action: str = "NW",
    sex: str = "F",
) -> bytes:
    """An order after HL7 v2.5.1."""
    lines = [
        f"MSH|^~\\&|LIS|Haem|LeukView||20261201120000||{kind}|{control}|P|2.5.1||||||UNICODE UTF-8",
        f"PID|1||99^^^X^NI~{patient}^^^Haem^MR||{name}^^^^^L||{birth}|{sex}",
        "PV1|1|I|Ward 3^12^2",
        f"SPM|1|{specimen}&LIS^||BLD|||||||||||||20261201071500",
        f"ORC|{action}|{order}^LIS|F-{order}^LAB|||||||||77^House^Gregory",
        f"OBR|1|{order}^LIS|F-{order}^LAB|DIFF^Differential^L|||20261201071500",
    ]
    if kind.startswith("ORM"):
        lines = [line for line in lines if not line.startswith("SPM")]
    return ("\r".join(lines) + "\r").encode()


def xn_message(sample: str = "20230417", *, wbc: str = "6.80", patient: str = "", mark: str = "N") -> str:
    """A blood count as a Sysmex XN sends it after ASTM E1394."""
    at = f"{datetime(2026, 12, 1, 7, 42, tzinfo=UTC):%Y%m%d%H%M%S}"
    return (
        "\r".join(
            [
                "H|\\^&|||XN-1000^00-24^11001^^^^AB123||||||||E1394-97",
                f"P|1||{patient}||^Doe^John||19700101|M",
                "C|1||",
                f"O|1||3^4^               {sample}^B|^^^^WBC\\^^^^HGB|||||||N||||||||||||||F",
                "C|1||",
                f"R|1|^^^^WBC^1|{wbc}|10*3/uL||{mark}||F||||{at}",
                f"R|2|^^^^HGB^1|11,4|g/dL||L||F||||{at}",
                f"R|3|^^^^PLT^1|354|10*3/uL||N||F||||{at}",
                f"R|4|^^^^IG%^1|0.4|%||N||F||||{at}",
                f"R|5|^^^^NEUT#^1|----|10*3/uL||A||F||||{at}",
                f"R|6|^^^^Neutropenia||||A||F||||{at}",
                f"R|7|^^^^Blasts/Abn_Lympho?|190|||A||F||||{at}",
                f"R|8|^^^^Left_Shift?|0|||||F||||{at}",
                f"R|9|^^^^SCAT_WDF|PNG&R&20261201&R&2026_12_01_07_42_{sample}_WDF.PNG|||N||F||||{at}",
                "C|1||",
                "L|1|N",
            ]
        )
        + "\r"
    )


def xn_table(*samples: tuple[str, str], separator: str = ",") -> bytes:
    """The table of a Sysmex XN: rows of sample number and white cell count."""
    columns = [
        "Nickname", "Analyzer ID", "Date", "Time", "Sample No.", "Patient ID", "WBC(10^3/uL)", "WBC/M", "HGB(g/dL)",
        "HGB/M", "PLT(10^3/uL)", "IG%(%)", "[HFLC%(%)]", "Q-Flag(Blasts?)", "Q-Flag(Blasts/Abn Lympho?)",
        "IP ABN(WBC)Neutropenia", "IP SUS(WBC)Left Shift?",
    ]  # fmt: skip
    lines = [separator.join(columns)]
    for sample, wbc in samples:
        values = [
            "XN-1000-1", "XN-10^1", "2026/12/01", "07:42:10", sample, "", wbc, "", "11.4", "*", "354", "0.4", "1.0",
            "120", "90", "1", "0",
        ]  # fmt: skip
        lines.append(separator.join(values))
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()
