"""Who works in a case, and who is at work in it now."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.look.refusals import Conflict, Unusable
from zhoudao.core.people.models import User
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.actions.upkeep import wipe_if_unused
from zhoudao.desk.cases.models import Member, Sitting
from zhoudao.desk.cases.rules import DESK_ROLES, ENTER, LEADING, MANAGE, Duty, Purpose


def add_member(actor: Actor, number: str, username: str, duty: Duty) -> Member:
    """Let an officer into the case; adding the same one again changes nothing. Raises Unusable for an account that
    can't be at the desk."""
    with gate.inside(actor, number, MANAGE, duties=LEADING, writing=True) as here:
        user = User.objects.filter(username=username.strip().lower(), is_active=True).first()
        if user is None or user.role not in DESK_ROLES:
            raise Unusable(
                _("No analyst or tax officer has this user name"), todo=_("Ask them how they sign in.")
            )
        if (duty is Duty.TAX_OFFICER) != (user.role == "tax_officer"):
            raise Unusable(_("A tax officer is a member as tax officer, and nobody else is"))
        member, added = Member.objects.get_or_create(
            case=here.case,
            user=user,
            left_at=None,
            defaults={"duty": duty.value, "joined_at": clock.now()},
        )
        here.entry.note(step="join", member=f"user:{user.pk}", duty=duty.value, added=added)
    return member


def change_duty(actor: Actor, number: str, member_id: int, duty: Duty) -> Member:
    """Raises Conflict when the case would be left without a lead, Member.DoesNotExist."""
    with gate.inside(actor, number, MANAGE, duties=LEADING, writing=True) as here:
        member = Member.objects.select_for_update().get(pk=member_id, case=here.case, left_at=None)
        _keep_a_lead(member, duty)
        member.duty = duty.value
        member.save(update_fields=["duty"])
        here.entry.note(step="duty", member=f"user:{member.user_id}", duty=duty.value)
    return member


def remove_member(actor: Actor, number: str, member_id: int) -> None:
    """Raises Conflict when the case would be left without a lead, Member.DoesNotExist."""
    with gate.inside(actor, number, MANAGE, duties=LEADING, writing=True) as here:
        member = Member.objects.select_for_update().get(pk=member_id, case=here.case, left_at=None)
        _keep_a_lead(member, None)
        member.left_at = clock.now()
        member.save(update_fields=["left_at"])
        Sitting.objects.filter(case=here.case, user_id=member.user_id, left_at=None).update(
            left_at=clock.machine_now()
        )
        here.entry.note(step="part", member=f"user:{member.user_id}")


def enter(actor: Actor, number: str, purpose: Purpose, note: str = "") -> Sitting:
    """Begin work in a case, saying what for; an earlier sitting of the same member ends with it."""
    with gate.inside(actor, number, ENTER, seated=False) as here:
        here.entry.purpose = purpose.value
        now = clock.machine_now()
        Sitting.objects.filter(case=here.case, user_id=here.member.user_id, left_at=None).update(left_at=now)
        return Sitting.objects.create(
            case=here.case,
            user_id=here.member.user_id,
            purpose=purpose.value,
            note=note.strip(),
            began_at=now,
            seen_at=now,
        )


def leave(actor: Actor, number: str) -> None:
    """End one's sitting; the opened vault is wiped when it was the last."""
    with gate.inside(actor, number, ENTER, seated=False, though_expired=True) as here:
        here.entry.note(step="leave")
        Sitting.objects.filter(case=here.case, user_id=here.member.user_id, left_at=None).update(
            left_at=clock.machine_now()
        )
    wipe_if_unused(here.case)


def _keep_a_lead(member: Member, duty: Duty | None) -> None:
    leads = Member.objects.filter(case_id=member.case_id, duty=Duty.LEAD.value, left_at=None)
    if member.duty == Duty.LEAD and duty is not Duty.LEAD and not leads.exclude(pk=member.pk).exists():
        raise Conflict(_("A case needs a lead handler"), todo=_("Make somebody else lead handler first."))
