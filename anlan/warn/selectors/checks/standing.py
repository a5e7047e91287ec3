"""What is in force already: contradictions, duplicates, and how often a region was alerted."""

from collections.abc import Collection, Iterator
from datetime import timedelta

from django.db.models import Q, QuerySet

from anlan import codes
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.warn.models import Alert, Received
from anlan.warn.selectors import signing
from anlan.warn.selectors.checks.findings import Finding, ask, note, stop

FREQUENCY = "alert-frequency"


def overlap(some: Collection[str], others: Collection[str]) -> bool:
    """Tell whether two lists of regions share any place."""
    return any(
        scope.covers(scope.prefix(a), b) or scope.covers(scope.prefix(b), a)
        for a in some
        for b in others
    )


def _around(alert: Alert) -> QuerySet[Alert]:
    """List the alerts that may share a place with one: its region's own, and those of above it."""
    home = str(alert.region_id)
    above = Q(region__in=[*scope.ancestors(home), home])
    return Alert.objects.filter(above | scope.within([scope.prefix(home)]))


def against_what_stands(alert: Alert) -> Iterator[Finding]:
    """Find alerts in force that say the same, or something else, of the same hazard and place."""
    if alert.action in ("cancel", "withdraw") or not alert.regions:
        return
    rows = _around(alert).filter(ended_at=None, issued_at__isnull=False, hazard=alert.hazard)
    rows = rows.exclude(root=alert.root).exclude(pk=alert.pk).order_by("-id")
    for other in rows.only("title", "level", "kind", "regions"):
        if not overlap(alert.regions, other.regions):
            continue
        if alert.level != other.level and alert.level and other.level:
            yield _contradiction(alert, other)
        elif (alert.level, alert.kind) == (other.level, other.kind):
            yield ask(
                "duplicate", f"同一地区已有同样的预警：{other.title}",
                f"The same place has this alert already: {other.title}",
            )  # fmt: skip


def unproved(alert: Alert) -> Iterator[Finding]:
    """Find that nothing proves whose words these are, where that must be asked first."""
    if signing.must_be_verified(alert):
        yield ask(
            "verify",
            f"这一条是人粘贴或录入的，没有报文和签名可以证明。"
            f"请先向{alert.station}核实（打电话、看官网），核实了再勾选",
            f"It was pasted or entered by hand; no message or signature proves it. Verify it with "
            f"{alert.station} first (by telephone or on its site), and tick when you have",
        )


def unproved_end(row: Received | None) -> Iterator[Finding]:
    """Find what a message says of others that nothing proves: who relays it vouches for that."""
    named = "；".join(value for code, value in row.notes if code == "unproved") if row else ""
    if row is not None and named:
        yield ask(
            "unproved",
            f"转发它就会更新或结束「{named}」，不能证明是原发布单位所发。"
            f"请先向{row.station}核实，核实了再勾选",
            f"Relaying it changes or ends: {named}. Nothing proves that its issuer sent it; verify "
            f"it with {row.station} first, and tick when you have",
        )


def other_parts(alert: Alert) -> Iterator[Finding]:
    """Find what else the message says that is relayed: it does not go with it."""
    notes = alert.received.notes if alert.received is not None else []
    left = "；".join(value for code, value in notes if code == "other-part")
    if left and alert.relayed:
        yield ask(
            "other-part",
            f"报文还有别的部分没有转发：{left}。请另行粘贴转发",
            f"The message has other parts that are not relayed: {left}. Paste and relay them too",
        )


def _contradiction(alert: Alert, other: Alert) -> Finding:
    name = codes.table("warning-levels").name(str(other.level))
    name_en = codes.table("warning-levels").name(str(other.level), "en")
    text = f"与生效中的预警矛盾：{other.title}（{name}）"
    text_en = f"It contradicts an alert in force: {other.title} ({name_en})"
    if alert.relayed:  # two departments may judge differently, and both are passed on
        return note("contradiction", text, text_en, "level")
    return stop("contradiction", f"{text}。请更新、提升或降低原预警", text_en, "level")


def too_often(alert: Alert) -> Iterator[Finding]:
    """Find regions that were alerted as often as the table allows (发送频次控制)."""
    exempt = alert.action in ("cancel", "withdraw") or alert.kind == "evacuation-notice"
    if exempt or not alert.regions:
        return
    level = str(alert.level) if alert.level else "none"
    now = clock.now()
    limits = [
        (row, timedelta(hours=hours), most)
        for row in codes.table(FREQUENCY)
        if level in row.several("levels")
        and (hours := row.whole("hours")) is not None
        and (most := row.whole("most")) is not None
    ]
    if not limits:
        return
    longest = max(span for _, span, _ in limits)
    out = _around(alert).filter(issued_at__gt=now - longest)
    sent = list(out.values_list("issued_at", "regions"))
    for row, span, most in limits:
        lately = [list(found) for at, found in sent if at and at > now - span]
        full = [
            code
            for code in alert.regions
            if sum(overlap([code], regions_) for regions_ in lately) >= most
        ]
        hours = row.whole("hours")
        if full:
            names = regions.names(full)
            said = "、".join(names.get(code, code) for code in full[:5])
            yield ask(
                f"often-{row.code}", f"{said}{hours} 小时内已发 {most} 条以上预警，再发会让人麻木",
                f"{said}: {most} or more alerts within {hours} h already", "regions",
            )  # fmt: skip
