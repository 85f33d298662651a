"""Who may do what: one table (behörighet). Every verb's first line is `require(member, action, of=thing)`.

The row policies of the database repeat what concerns rows: see `forum/migrations/sql`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from forum.foundation.errors import Forbidden
from forum.foundation.language import N_


class Role(StrEnum):
    """A member's role in a forum; two are no member's; and the offices of the prize.

    `system` is the forum's own work (imports, jobs); `link` is an organisation that answers for one measure by a mailed
    link, and is nobody anywhere else. The last six hold in one edition of the prize: `nominator` is whoever wrote a
    nomination, by account or by a secret address.
    """

    READER = "reader"
    REPORTER = "reporter"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"
    LINK = "link"
    SECRETARY = "secretary"
    CHAIR = "chair"
    DEPUTY = "deputy"
    JUROR = "juror"
    SUBSTITUTE = "substitute"
    NOMINATOR = "nominator"


class Action(StrEnum):
    """Everything that a member may be allowed to do."""

    DEVIATION_READ = "deviation:read"
    DEVIATION_REGISTER = "deviation:register"
    DEVIATION_REGISTER_ON_BEHALF = "deviation:register_on_behalf"
    DEVIATION_AMEND = "deviation:amend"
    DEVIATION_WIDEN = "deviation:widen"
    DEVIATION_WITHDRAW = "deviation:withdraw"
    DEVIATION_SAME_AS = "deviation:same_as"
    DEVIATION_LOOK_AT = "deviation:look_at"
    DEVIATION_ANSWER = "deviation:answer"
    DEVIATION_IMPORT = "deviation:import"
    IMPORT_SEE = "import:see"
    QUARANTINE_MANAGE = "quarantine:manage"
    PLACE_READ = "place:read"
    PLACE_CREATE = "place:create"
    PLACE_LINK = "place:link"
    PLACE_CLOSE = "place:close"
    CAUSE_WRITE = "cause:write"
    MEASURE_READ = "measure:read"
    MEASURE_PROPOSE = "measure:propose"
    MEASURE_DECIDE = "measure:decide"
    MEASURE_ANSWER = "measure:answer"
    MEASURE_CARRY_OUT = "measure:carry_out"
    MEASURE_FOLLOW_UP = "measure:follow_up"
    MEASURE_ASK = "measure:ask"
    EFFECT_FREEZE = "effect:freeze"
    PICTURE_READ = "picture:read"
    PICTURE_FREEZE = "picture:freeze"
    PICTURE_ADOPT = "picture:adopt"
    PLAN_READ = "plan:read"
    PLAN_MAKE = "plan:make"
    PLAN_ADOPT = "plan:adopt"
    PUBLICATION_READ = "publication:read"
    PUBLICATION_MAKE = "publication:make"
    PUBLICATION_OPEN = "publication:open"
    COUNCIL_REPORT = "council:report"
    WALK_READ = "walk:read"
    WALK_MAKE = "walk:make"
    WALK_WRITE = "walk:write"
    SURVEY_READ = "survey:read"
    SURVEY_IMPORT = "survey:import"
    MEETING_READ = "meeting:read"
    MEETING_PLAN = "meeting:plan"
    MEETING_LEAD = "meeting:lead"
    MEETING_ADD = "meeting:add"
    MEETING_ADJUST = "meeting:adjust"
    MEETING_SEAL = "meeting:seal"
    VIEW_KEEP = "view:keep"
    VIEW_SHARE = "view:share"
    CALENDAR_KEEP = "calendar:keep"
    ORGANISATION_ADD = "organisation:add"
    CONTACT_READ = "contact:read"
    CONTACT_MANAGE = "contact:manage"
    MEMBER_MANAGE = "member:manage"
    AGREEMENT_READ = "agreement:read"
    AGREEMENT_MANAGE = "agreement:manage"
    JOURNAL_READ = "journal:read"
    EDITION_PREPARE = "edition:prepare"
    EDITION_OPEN = "edition:open"
    JURY_READ = "jury:read"
    JURY_APPOINT = "jury:appoint"
    JURY_SUBSTITUTE = "jury:substitute"
    NOMINATION_WRITE = "nomination:write"
    NOMINATION_LIST = "nomination:list"
    NOMINATION_READ = "nomination:read"
    NOMINATION_PREPARE = "nomination:prepare"
    TIE_DECLARE = "tie:declare"
    TIE_RULE = "tie:rule"
    TIE_DISCOVER = "tie:discover"
    GATE_WRITE = "gate:write"
    ASSESSMENT_WRITE = "assessment:write"
    ASSESSMENT_READ = "assessment:read"
    PROTOCOL_WRITE = "protocol:write"
    MOTION_PUT = "motion:put"
    VOTE_CAST = "vote:cast"
    AWARD_DECIDE = "award:decide"
    BASIS_PRINT = "basis:print"
    METHOD_READ = "method:read"
    METHOD_OFFER = "method:offer"
    METHOD_ADOPT = "method:adopt"


class Doer(Protocol):
    """Whoever asks to do something."""

    @property
    def role(self) -> Role:
        """Return the role."""
        ...

    @property
    def organisation_id(self) -> UUID | None:
        """Return the organisation that is acted for."""
        ...


class Owned(Protocol):
    """Something that belongs to an organisation."""

    @property
    def organisation_id(self) -> UUID:
        """Return the organisation that it belongs to."""
        ...


@dataclass(frozen=True)
class Rule:
    """Which roles may do it to anything, and which only to what is their own organisation's."""

    anything: frozenset[Role]
    own: frozenset[Role] = frozenset()


READERS = frozenset({Role.READER, Role.REPORTER, Role.COORDINATOR, Role.ADMINISTRATOR})
WRITERS = READERS - {Role.READER}
LEADERS = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
COORDINATORS = frozenset({Role.COORDINATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
SYSTEM = frozenset({Role.SYSTEM})
ANSWERERS = WRITERS | {Role.LINK}
SECRETARY = frozenset({Role.SECRETARY})
PRESIDING = frozenset({Role.CHAIR, Role.DEPUTY})
ASSESSORS = PRESIDING | {Role.JUROR, Role.SUBSTITUTE}
"""Who assesses and votes; a substitute when called in."""
JURY = ASSESSORS | SECRETARY

TABLE: dict[Action, Rule] = {
    Action.DEVIATION_READ: Rule(READERS | SYSTEM),
    Action.DEVIATION_REGISTER: Rule(WRITERS),
    Action.DEVIATION_REGISTER_ON_BEHALF: Rule(WRITERS),
    Action.DEVIATION_AMEND: Rule(LEADERS, own=WRITERS),
    Action.DEVIATION_WIDEN: Rule(frozenset(), own=WRITERS),
    Action.DEVIATION_WITHDRAW: Rule(LEADERS, own=WRITERS),
    Action.DEVIATION_SAME_AS: Rule(LEADERS, own=WRITERS),
    Action.DEVIATION_LOOK_AT: Rule(LEADERS),
    Action.DEVIATION_ANSWER: Rule(LEADERS),
    Action.DEVIATION_IMPORT: Rule(LEADERS | SYSTEM),
    Action.IMPORT_SEE: Rule(COORDINATORS, own=LEADERS),
    Action.QUARANTINE_MANAGE: Rule(COORDINATORS, own=WRITERS),
    Action.PLACE_READ: Rule(READERS | SYSTEM),
    Action.PLACE_CREATE: Rule(LEADERS),
    Action.PLACE_LINK: Rule(LEADERS),
    Action.PLACE_CLOSE: Rule(LEADERS),
    Action.CAUSE_WRITE: Rule(LEADERS),
    Action.MEASURE_READ: Rule(READERS | SYSTEM),
    Action.MEASURE_PROPOSE: Rule(WRITERS),
    Action.MEASURE_DECIDE: Rule(LEADERS),
    Action.MEASURE_ANSWER: Rule(frozenset(), own=ANSWERERS),
    Action.MEASURE_CARRY_OUT: Rule(LEADERS, own=ANSWERERS),
    Action.MEASURE_FOLLOW_UP: Rule(LEADERS),
    Action.MEASURE_ASK: Rule(LEADERS),
    Action.EFFECT_FREEZE: Rule(LEADERS),
    Action.PICTURE_READ: Rule(READERS | SYSTEM),
    Action.PICTURE_FREEZE: Rule(LEADERS),
    Action.PICTURE_ADOPT: Rule(LEADERS),
    Action.PLAN_READ: Rule(READERS | SYSTEM),
    Action.PLAN_MAKE: Rule(LEADERS),
    Action.PLAN_ADOPT: Rule(LEADERS),
    Action.PUBLICATION_READ: Rule(READERS | SYSTEM),
    Action.PUBLICATION_MAKE: Rule(SYSTEM),
    Action.PUBLICATION_OPEN: Rule(LEADERS),
    Action.COUNCIL_REPORT: Rule(LEADERS),
    Action.WALK_READ: Rule(READERS | SYSTEM),
    Action.WALK_MAKE: Rule(WRITERS),
    Action.WALK_WRITE: Rule(LEADERS, own=WRITERS),
    Action.SURVEY_READ: Rule(READERS | SYSTEM),
    Action.SURVEY_IMPORT: Rule(LEADERS | SYSTEM),
    Action.MEETING_READ: Rule(READERS | SYSTEM),
    Action.MEETING_PLAN: Rule(LEADERS),
    Action.MEETING_LEAD: Rule(LEADERS),
    Action.MEETING_ADD: Rule(WRITERS),
    Action.MEETING_ADJUST: Rule(WRITERS),
    Action.MEETING_SEAL: Rule(SYSTEM),
    Action.VIEW_KEEP: Rule(READERS),
    Action.VIEW_SHARE: Rule(LEADERS),
    Action.CALENDAR_KEEP: Rule(READERS),
    Action.ORGANISATION_ADD: Rule(ADMINISTRATORS),
    Action.CONTACT_READ: Rule(LEADERS | SYSTEM),
    Action.CONTACT_MANAGE: Rule(ADMINISTRATORS),
    Action.MEMBER_MANAGE: Rule(ADMINISTRATORS),
    Action.AGREEMENT_READ: Rule(LEADERS),
    Action.AGREEMENT_MANAGE: Rule(ADMINISTRATORS),
    Action.JOURNAL_READ: Rule(ADMINISTRATORS | SYSTEM),
    Action.EDITION_PREPARE: Rule(SECRETARY),
    Action.EDITION_OPEN: Rule(SECRETARY | PRESIDING),
    Action.JURY_READ: Rule(JURY),
    Action.JURY_APPOINT: Rule(frozenset({Role.CHAIR})),
    Action.JURY_SUBSTITUTE: Rule(PRESIDING),
    Action.NOMINATION_WRITE: Rule(frozenset({Role.NOMINATOR})),
    Action.NOMINATION_LIST: Rule(JURY),
    Action.NOMINATION_READ: Rule(JURY | {Role.NOMINATOR}),
    Action.NOMINATION_PREPARE: Rule(SECRETARY | PRESIDING),
    Action.TIE_DECLARE: Rule(JURY),
    Action.TIE_RULE: Rule(PRESIDING),
    Action.TIE_DISCOVER: Rule(SECRETARY | PRESIDING),
    Action.GATE_WRITE: Rule(SECRETARY | PRESIDING),
    Action.ASSESSMENT_WRITE: Rule(ASSESSORS),
    Action.ASSESSMENT_READ: Rule(JURY),
    Action.PROTOCOL_WRITE: Rule(SECRETARY | PRESIDING),
    Action.MOTION_PUT: Rule(PRESIDING),
    Action.VOTE_CAST: Rule(ASSESSORS),
    Action.AWARD_DECIDE: Rule(PRESIDING),
    Action.BASIS_PRINT: Rule(JURY),
    Action.METHOD_READ: Rule(READERS | SYSTEM),
    Action.METHOD_OFFER: Rule(LEADERS),
    Action.METHOD_ADOPT: Rule(LEADERS),
}


def may(member: Doer, action: Action, of: Owned | None = None) -> bool:
    """Tell whether the member may do this (to that thing)."""
    rule = TABLE[action]
    if member.role in rule.anything:
        return True
    return of is not None and member.role in rule.own and of.organisation_id == member.organisation_id


def require(member: Doer, action: Action, of: Owned | None = None) -> None:
    """Refuse what the member may not do."""
    if not may(member, action, of):
        message = N_("Your role does not allow this.")
        raise Forbidden(message, remedy=N_("Ask the coordinator or the administrator of the forum."))
