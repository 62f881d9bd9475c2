"""The two trees of cell classes (``resources/taxonomy.toml``); a label is a path in each.

The tree of types says what a cell is, the tree of disease whether it is malignant and of which line.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_toml
from leukview.domain.class_names import ClassAliases, alias_keys, fold_name, without_counts

UNIDENTIFIED = "unidentified"
BLAST_GROUP = "blasts"
OTHER = "other"
DISEASES = "diseases"
"""Group of the classes that name a disease; their keys are never names of folders."""


class UnknownClassError(LeukViewError, KeyError):
    """No class has this key, for instance because a site took it out of its ``classes.toml``."""

    def __init__(self, key: str) -> None:
        super().__init__(
            Message("The class “{key}” is not defined here.", key=key),
            "If a site's class was removed, put it back into classes.toml, with retired = true.",
        )


Tree = Literal["type", "disease"]
StageTree = Literal["type", "disease", "both"]


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One decision: a stage and the choice taken there, written ``stage:choice``."""

    stage: str
    choice: str

    @classmethod
    def parse(cls, text: str) -> Step:
        """Read ``stage:choice``.

        Raises:
            LeukViewError: The text does not have this form.
        """
        stage, colon, choice = text.partition(":")
        if not (colon and stage and choice):
            raise LeukViewError(Message("The taxonomy step “{text}” does not have the form stage:choice.", text=text))
        return cls(stage, choice)

    def __str__(self) -> str:
        return f"{self.stage}:{self.choice}"


@dataclass(frozen=True, slots=True)
class Stage:
    """One softmax output of the model.

    Attributes:
        key: Name in the bundle and in ``p_`` columns.
        parent_step: The step on which this stage is conditional; None for the root.
        choices: In the order of the network's outputs.
        is_head: True for a stage outside the tree (APL, Ph), which is scored but not part of the composition.
        published: True for the stages of the published method.
        tree: The tree that the stage belongs to; a head belongs to none.
        assumed_choice: Choice assumed when a model was not trained on this optional stage; "" = composition ends.
    """

    key: str
    name: str
    parent_step: Step | None
    choices: tuple[str, ...]
    is_head: bool
    published: bool
    assumed_choice: str = ""
    tree: StageTree = "disease"

    def is_in(self, tree: Tree) -> bool:
        """Whether the stage takes part in the composition of classes by a tree."""
        return not self.is_head and self.tree in {tree, "both"}


@dataclass(frozen=True, slots=True)
class CellClass:
    """One class of cells that a reviewer can assign.

    Attributes:
        is_leukocyte: True when the class belongs to the leukocyte denominator of the differential.
        is_blast: Counted as a blast.
        is_blast_equivalent: Counted as a blast equivalent: promonocyte, and the promyelocyte that a person or a model
            calls abnormal. A promyelocyte as such is none: in a reactive film or in CML it is not.
        follows_diagnosis: The steps of the patient's diagnosis apply to this class as well.
        is_model_class: A model's path that ends at `path` is shown as this class.
        path: The steps of the tree of disease that the label determines; may be partial or empty.
        type_path: The same of the tree of types.
        names_type: A model's path that ends at `type_path` is shown as this class.
        parent: Key of the class of which this one is a finer part; "" = none.
        is_own: The site added this class.
        retired: A site's class that is no longer given; its cells keep it.
    """

    key: str
    name: str
    plural: str
    group: str
    colour: str
    shortcut: str
    codes: tuple[str, ...]
    aliases: tuple[str, ...]
    is_leukocyte: bool
    is_blast: bool
    is_blast_equivalent: bool
    follows_diagnosis: bool
    is_model_class: bool
    path: tuple[Step, ...]
    type_path: tuple[Step, ...] = ()
    names_type: bool = False
    parent: str = ""
    is_own: bool = False
    retired: bool = False

    @property
    def is_blast_like(self) -> bool:
        """Whether cells of the class are looked at as blasts are: blasts, equivalents and all promyelocytes."""
        return self.is_blast or self.is_blast_equivalent or self.group == BLAST_GROUP

    def path_in(self, tree: Tree) -> tuple[Step, ...]:
        """The steps of one tree that the label determines."""
        return self.type_path if tree == "type" else self.path

    def is_named_in(self, tree: Tree) -> bool:
        """Whether a model's path that ends here is shown as this class."""
        return self.names_type if tree == "type" else self.is_model_class


@dataclass(frozen=True)
class Taxonomy:
    """All stages and classes, in the order of the file.

    Attributes:
        diagnoses: Diagnosis → the steps it determines.
        sha256: Of the file's text.
        aliases: Names and codes of the classes in other languages and data sets.
        type_by_diagnosis: (diagnosis, class key) → the class that the label names in such a patient.
    """

    stages: tuple[Stage, ...]
    classes: tuple[CellClass, ...]
    diagnoses: Mapping[str, tuple[Step, ...]]
    sha256: str
    aliases: ClassAliases = field(default_factory=ClassAliases, repr=False)
    type_by_diagnosis: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def _class_by_key(self) -> dict[str, CellClass]:
        return {c.key: c for c in self.classes}

    @cached_property
    def _stage_by_key(self) -> dict[str, Stage]:
        return {s.key: s for s in self.stages}

    @cached_property
    def _class_by_code(self) -> dict[str, CellClass]:
        return {code.casefold(): c for c in self.classes for code in c.codes}

    @cached_property
    def _class_by_folder(self) -> dict[str, CellClass]:
        names = {name: self.cell_class(key) for name, key in self.aliases.names.items()}
        for c in self.classes:
            own = (c.name, c.plural, *c.aliases) if c.group == DISEASES else (c.key, c.name, c.plural, *c.aliases)
            names |= {fold_name(n): c for n in own}
        for name in ("", *(fold_name(d) for d in self.diagnoses)):
            names.pop(name, None)
        return names

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {c.key: i for i, c in enumerate(self.classes)}

    def stage(self, key: str) -> Stage:
        """The stage with this key.

        Raises:
            KeyError: There is none.
        """
        return self._stage_by_key[key]

    def cell_class(self, key: str) -> CellClass:
        """The class with this key.

        Raises:
            UnknownClassError: There is none.
        """
        try:
            return self._class_by_key[key]
        except KeyError:
            raise UnknownClassError(key) from None

    def position(self, key: str) -> int:
        """Position of a class in the taxonomy; unknown keys come last."""
        return self._positions.get(key, len(self.classes))

    def class_by_code(self, code: str) -> CellClass | None:
        """The class of an analyser code such as ``SNE``, in upper or lower case."""
        return self._class_by_code.get(code.casefold())

    def class_by_folder(self, name: str) -> CellClass | None:
        """The class of a folder name such as ``Blast, no lineage spec`` or ``01_淋巴细胞``.

        Case, accents and punctuation are ignored, and then a leading number and a trailing count.
        """
        known = self._class_by_folder
        return known.get(fold_name(name)) or known.get(fold_name(without_counts(name)))

    def class_by_folder_code(self, code: str, beside: Collection[str] = ()) -> CellClass | None:
        """The class of a folder named by a code; the code may also be a person's initials.

        Args:
            code: Name of the folder, in upper or lower case.
            beside: Names of the folders side by side, itself included: a published data set is known by them.
        """
        folded = code.casefold()
        for known in self.aliases.sets:
            if folded in known.codes and known.applies_to(beside):
                return self.cell_class(known.codes[folded])
        found = self._class_by_code.get(folded)
        key = self.aliases.codes.get(folded)
        return found or (self.cell_class(key) if key else None)

    def determined_steps(self, class_key: str, diagnosis: str = "") -> tuple[Step, ...]:
        """The steps of both trees that the label of a cell determines.

        Args:
            class_key: The cell's class.
            diagnosis: The patient's, a key of ``[diagnoses]`` or "". It applies to blasts and their equivalents only.

        Returns:
            Steps in the order of the stages, at most one per stage.
        """
        cell_class = self.cell_class(class_key)
        typed = self.cell_class(self.type_by_diagnosis.get((diagnosis, class_key), class_key))
        steps = {s.stage: s for s in (*cell_class.path, *typed.type_path)}
        if cell_class.follows_diagnosis:
            for step in self.diagnoses.get(diagnosis, ()):
                steps.setdefault(step.stage, step)
        return tuple(steps[s.key] for s in self.stages if s.key in steps)

    def model_class(self, path: Iterable[Step], tree: Tree = "disease") -> CellClass | None:
        """The class shown for a model's path in a tree; None when there is none."""
        wanted = tuple(path)
        return next((c for c in self.classes if c.is_named_in(tree) and c.path_in(tree) == wanted), None)

    @cached_property
    def type_leaves(self) -> tuple[CellClass, ...]:
        """The classes at the ends of the tree of types, in taxonomy order."""
        inner = {s.parent_step for s in self.stages if s.is_in("type")}
        return tuple(c for c in self.classes if c.names_type and c.type_path and c.type_path[-1] not in inner)

    def composing_tree(self, stages: Collection[str]) -> Tree:
        """The tree from which a model composes the shown class.

        Args:
            stages: Keys of the stages on which the model was trained.

        Returns:
            The tree of types when the model was trained on a stage of this tree alone.
        """
        return (
            "type"
            if any(self._stage_by_key[key].tree == "type" for key in stages if self.knows_stage(key))
            else "disease"
        )

    def knows_stage(self, key: str) -> bool:
        """Whether there is a stage with this key."""
        return key in self._stage_by_key

    def class_and_parts(self, key: str) -> frozenset[str]:
        """Keys of a class and of all finer classes that are a part of it."""
        found, rest = {key}, [c for c in self.classes if c.parent]
        while more := {c.key for c in rest if c.parent in found} - found:
            found |= more
        return frozenset(found)

    def is_compatible(self, one: str, other: str) -> bool:
        """Whether two labels are compatible: one's path begins with the other's.

        The types are compared; where one of the two has none, as the diseases, the paths in the tree of disease are.
        """
        if one == other:
            return True
        a, b = self.cell_class(one), self.cell_class(other)
        tree: Tree = "type" if a.type_path and b.type_path else "disease"
        short, long = sorted((a.path_in(tree), b.path_in(tree)), key=len)
        return bool(short) and long[: len(short)] == short

    def is_finer(self, fine: str, coarse: str) -> bool:
        """Whether one class is a part of another: band neutrophils of neutrophils, metamyelocytes of immature ones.

        A class is a part of the one that a model names at the end of the same path, and of the parent that its site
        gave it. A promonocyte is no part of the blasts: the two are counted apart.
        """
        one, other = self.cell_class(fine), self.cell_class(coarse)
        if one.parent and one.parent != other.key and self.is_finer(one.parent, coarse):
            return True
        by_path = other.is_model_class and not one.is_model_class and self.is_within(fine, coarse)
        alike = (one.is_leukocyte, one.is_blast) == (other.is_leukocyte, other.is_blast)
        return one.key != other.key and ((by_path and alike) or one.parent == other.key)

    def shipped_key(self, key: str) -> str:
        """The shipped class to which a site's class belongs, for what leaves the site; "" for none."""
        found = self.cell_class(key)
        while found.is_own and found.parent:
            found = self.cell_class(found.parent)
        return "" if found.is_own else found.key

    def own_parts(self, key: str) -> tuple[str, ...]:
        """Keys of the site's classes that are counted in the sum of a class: its parts, and theirs."""
        inside = {key}
        parts = []
        for c in self.classes:  # a part stands behind its parent
            if c.is_own and c.parent in inside and c.is_leukocyte == self.cell_class(key).is_leukocyte:
                inside.add(c.key)
                parts.append(c.key)
        return tuple(parts)

    def is_within(self, inner: str, outer: str) -> bool:
        """Whether the class `inner` is equal to `outer` or a subclass of it.

        It is a subclass when its type begins with the whole type of `outer`, or when its path in the tree of disease
        begins with the path by which an older model names `outer`. A band neutrophil is within the neutrophils, a
        myelocyte within the immature granulocytes. A promyelocyte, whose path leaves open whether it is malignant, is
        not within the blasts.
        """
        a, b = self.cell_class(inner), self.cell_class(outer)
        by_type = bool(b.type_path) and a.type_path[: len(b.type_path)] == b.type_path
        names_disease = bool(b.path) and (b.is_model_class or not b.type_path)
        return inner == outer or by_type or (names_disease and a.path[: len(b.path)] == b.path)


def parse_taxonomy(text: str, aliases: ClassAliases | None = None) -> Taxonomy:
    """Read ``taxonomy.toml``.

    Args:
        text: The file's text.
        aliases: Further names of the classes; None = those of the text alone.

    Raises:
        LeukViewError: A key is missing or given twice, a step has an unknown stage or choice, or an alias names an
            unknown class.
    """
    try:
        raw = parse_toml(text)
        stages = tuple(
            Stage(
                key=s["key"],
                name=s["name"],
                parent_step=Step.parse(s["after"]) if s["after"] else None,
                choices=tuple(s["choices"]),
                is_head=head,
                published=s["published"],
                assumed_choice=s.get("assume", ""),
                tree=s.get("tree", "disease"),
            )
            for head, table in ((False, "stages"), (True, "heads"))
            for s in raw[table]
        )
        classes = tuple(
            CellClass(
                key=c["key"],
                name=c["name"],
                plural=c["plural"],
                group=c["group"],
                colour=c["colour"],
                shortcut=c.get("shortcut", ""),
                codes=tuple(c.get("codes", ())),
                aliases=tuple(c.get("aliases", ())),
                is_leukocyte=c["counted"],
                is_blast=c.get("blast", False),
                is_blast_equivalent=c.get("blast_equivalent", False),
                follows_diagnosis=c.get("follows_diagnosis", False),
                is_model_class=c.get("model", False),
                path=tuple(Step.parse(p) for p in c["path"]),
                parent=c.get("parent", ""),
                type_path=tuple(Step.parse(p) for p in c.get("type_path", ())),
                names_type=c.get("names_type", False),
            )
            for c in raw["classes"]
        )
        diagnoses = {name: tuple(Step.parse(p) for p in steps) for name, steps in raw["diagnoses"].items()}
        typed = {_parse_diagnosed(key): str(name) for key, name in raw.get("type_by_diagnosis", {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LeukViewError(Message("The taxonomy file cannot be read: {reason}.", reason=error)) from error
    digest = hashlib.sha256(text.encode()).hexdigest()
    taxonomy = Taxonomy(stages, classes, diagnoses, digest, aliases or ClassAliases(), typed)
    check_taxonomy(taxonomy)
    return taxonomy


def _parse_diagnosed(text: str) -> tuple[str, str]:
    diagnosis, _, class_key = text.partition("/")
    return diagnosis, class_key


def check_taxonomy(taxonomy: Taxonomy) -> None:
    """Check that keys, codes, names and shortcuts are given once and that every step is known.

    Raises:
        LeukViewError: One is not.
    """
    named = [
        (fold_name(name), c.key)
        for c in taxonomy.classes
        for name in {fold_name(n): n for n in (c.key, c.name, c.plural, *c.aliases)}.values()
    ]
    own = set(named)
    named += [pair for pair in taxonomy.aliases.names.items() if pair not in own]
    for kind, keys in (
        ("stage", [s.key for s in taxonomy.stages]),
        ("class", [c.key for c in taxonomy.classes]),
        ("code", [code for c in taxonomy.classes for code in c.codes]),
        ("shortcut", [c.shortcut for c in taxonomy.classes if c.shortcut]),
        ("name", [name for name, _ in named]),
    ):
        doubled = sorted(key for key, count in Counter(keys).items() if count > 1)
        if doubled:
            raise LeukViewError(
                Message("The taxonomy contains the {kind} {names} twice.", kind=kind, names=", ".join(doubled))
            )
    strangers = sorted(set(alias_keys(taxonomy.aliases)) - {c.key for c in taxonomy.classes})
    if strangers:
        raise LeukViewError(Message("The class aliases contain the unknown class {names}.", names=", ".join(strangers)))
    strange = sorted({s.tree for s in taxonomy.stages} - set(get_args(StageTree)))
    if strange:
        raise LeukViewError(Message("The taxonomy uses the unknown tree {names}.", names=", ".join(strange)))
    known = {Step(s.key, c) for s in taxonomy.stages for c in s.choices}
    used = {s.parent_step for s in taxonomy.stages if s.parent_step}
    used |= {step for c in taxonomy.classes for step in (*c.path, *c.type_path)}
    used |= {step for steps in taxonomy.diagnoses.values() for step in steps}
    used |= {Step(s.key, s.assumed_choice) for s in taxonomy.stages if s.assumed_choice}
    unknown = sorted(str(step) for step in used - known)
    if unknown:
        raise LeukViewError(Message("The taxonomy uses the unknown step {names}.", names=", ".join(unknown)))
    _check_parents(taxonomy)
    for tree in get_args(Tree):
        for cell_class in taxonomy.classes:
            _check_path(taxonomy, cell_class, tree)
    known_classes = {c.key for c in taxonomy.classes}
    for (diagnosis, class_key), named_class in taxonomy.type_by_diagnosis.items():
        if diagnosis not in taxonomy.diagnoses or not {class_key, named_class} <= known_classes:
            raise LeukViewError(
                Message("The taxonomy uses the unknown step {names}.", names=f"{diagnosis}/{class_key} = {named_class}")
            )


def _check_path(taxonomy: Taxonomy, cell_class: CellClass, tree: Tree) -> None:
    previous: Step | None = None
    for step in cell_class.path_in(tree):
        stage = taxonomy.stage(step.stage)
        if stage.parent_step != previous or not stage.is_in(tree):
            raise LeukViewError(
                Message("The path of {cell_class} skips to {step}.", cell_class=cell_class.key, step=step)
            )
        previous = step


def _check_parents(taxonomy: Taxonomy) -> None:
    by_key = {c.key: c for c in taxonomy.classes}
    for cell_class in taxonomy.classes:
        chain = [cell_class]
        while parent_key := chain[-1].parent:
            parent = by_key.get(parent_key)
            if parent is None or parent in chain or parent.is_leukocyte is not cell_class.is_leukocyte:
                raise LeukViewError(
                    Message(
                        "The class {cell_class} cannot be a subclass of {parent}.",
                        cell_class=cell_class.key,
                        parent=parent_key,
                    )
                )
            chain.append(parent)
