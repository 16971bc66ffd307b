"""A small web shop that never was: what its users did in a week, the same for the same seed and end."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

Fact = str | int | float

# How the events of a shop divide among what the article's teams see of it.
_SHARES = {"profile": 0.12, "session": 0.40, "review": 0.16, "search": 0.32}
_SPAN = timedelta(days=7)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

_COUNTRIES = (("DE", 30), ("FR", 18), ("GB", 17), ("IT", 12), ("ES", 10), ("NL", 8), ("SE", 5))
_DEVICES = (("mobile", 58), ("desktop", 33), ("tablet", 9))
_CHANNELS = (("search", 40), ("direct", 25), ("newsletter", 15), ("social", 12), ("affiliate", 8))
_CATEGORIES = ("kitchen", "garden", "running", "camping", "office", "toys", "lighting", "cycling")
_THINGS = ("kettle", "hose", "shoes", "tent", "lamp", "puzzle", "helmet", "desk", "stove", "jacket")
_QUALITIES = ("red", "light", "cheap", "waterproof", "small", "foldable", "quiet", "wooden")


@dataclass(frozen=True)
class Event:
    """Something that happened at `at` (UTC, whole seconds). `facts` are what is known of it, by feature name."""

    kind: str  # "profile" | "session" | "review" | "search"
    at: datetime
    facts: Mapping[str, Fact]


@dataclass(frozen=True)
class Shop:
    """A week of events, in order of time. `run` is in every identifier, so that no two runs share a record."""

    run: str
    events: tuple[Event, ...]

    def of_kind(self, kind: str) -> tuple[Event, ...]:
        return tuple(event for event in self.events if event.kind == kind)


def open_shop(seed: int, end: datetime, events: int = 2400) -> Shop:
    """The week before `end`, with about `events` events. No two events of a kind share a second."""
    draw = random.Random(f"{seed}/{int(end.timestamp())}")
    run = _base36(int(end.timestamp())) + _base36(seed % 1296)
    users = [_user(draw, run, number) for number in range(max(4, events // 12))]
    products = [_product(draw, run, number) for number in range(max(4, events // 24))]
    counts = {kind: max(1, round(events * share)) for kind, share in _SHARES.items()}
    start = end.replace(microsecond=0) - _SPAN

    happened: list[Event] = []
    taken: set[tuple[str, datetime]] = set()

    def free(kind: str, at: datetime) -> datetime:
        """The first second from `at` on in which nothing of this kind has happened yet."""
        while (kind, at) in taken:
            at += timedelta(seconds=1)
        taken.add((kind, at))
        return at

    def when(kind: str) -> datetime:
        """Some time in the week, later days being busier; it ends an hour early, so that nothing is in the future."""
        return free(kind, start + timedelta(seconds=int(draw.betavariate(1.3, 1.0) * (_SPAN.total_seconds() - 3600))))

    for number in range(counts["profile"]):
        user = users[number % len(users)]
        happened.append(_profile(draw, user, when("profile")))
    for number in range(counts["session"]):
        user = draw.choice(users)
        session_id = f"s-{run}-{number:05d}"
        happened.append(_session(draw, user, draw.choice(products), session_id, when("session")))
    for number in range(counts["review"]):
        user, product = draw.choice(users), draw.choice(products)
        review_id = f"r-{run}-{number:05d}"
        happened.append(_review(draw, user, product, review_id, when("review")))
    # People search in the sessions they have. A session's features are known at its event time, so a search shortly
    # before it must not see them.
    sessions = [event for event in happened if event.kind == "session"]
    for number in range(counts["search"]):
        session = draw.choice(sessions)
        query_id = f"q-{run}-{number:05d}"
        at = free("search", session.at + timedelta(seconds=draw.randint(-900, 1800)))
        term = f"{draw.choice(_QUALITIES)} {draw.choice(_THINGS)} {run}"
        happened.append(_search(draw, session, draw.choice(products), query_id, term, at))
    return Shop(run, tuple(sorted(happened, key=lambda event: (event.at, event.kind))))


def _user(draw: random.Random, run: str, number: int) -> dict[str, Fact]:
    return {
        "user_id": f"u-{run}-{number:04d}",
        "country": _weighted(draw, _COUNTRIES),
        "age": int(min(90, max(18, draw.gauss(41, 14)))),
    }


def _product(draw: random.Random, run: str, number: int) -> dict[str, Fact]:
    return {
        "product_id": f"p-{run}-{number:04d}",
        "category": draw.choice(_CATEGORIES),
        "price": round(draw.lognormvariate(3.2, 0.8), 2),
        "quality": round(draw.betavariate(5, 2), 3),
    }


def _profile(draw: random.Random, user: Mapping[str, Fact], at: datetime) -> Event:
    orders = int(draw.expovariate(1 / 9))
    spent = round(orders * draw.lognormvariate(3.4, 0.5), 2)
    decade = int(user["age"]) // 10 * 10
    facts: dict[str, Fact] = {
        **user,
        "age_band": f"{decade}-{decade + 9}",
        "orders_last_year": orders,
        "lifetime_value": spent,
        "favourite_category": draw.choice(_CATEGORIES),
        "segment": "frequent" if orders > 20 else "occasional" if orders > 3 else "new",
        "confidence": round(draw.betavariate(6, 2), 4),
        "churn_score": round(draw.betavariate(2, 5), 4),
    }
    return Event("profile", at, facts)


def _session(
    draw: random.Random, user: Mapping[str, Fact], product: Mapping[str, Fact], session_id: str, at: datetime
) -> Event:
    views = 1 + int(draw.expovariate(1 / 7))
    in_cart = sum(draw.random() < 0.12 for _ in range(views))
    facts: dict[str, Fact] = {
        "session_id": session_id,
        "user_id": user["user_id"],
        "country": user["country"],
        "device": _weighted(draw, _DEVICES),
        "channel": _weighted(draw, _CHANNELS),
        "page_views": views,
        "searches": draw.randint(0, views),
        "cart_value": round(in_cart * float(product["price"]), 2),
        "last_product_id": product["product_id"],
        "duration_seconds": int(views * draw.lognormvariate(3.3, 0.6)) + 1,
    }
    return Event("session", at, facts)


def _review(
    draw: random.Random, user: Mapping[str, Fact], product: Mapping[str, Fact], review_id: str, at: datetime
) -> Event:
    """What a product's reviews add up to once one more is counted."""
    feeling = min(1.0, max(0.0, draw.gauss(float(product["quality"]), 0.1)))
    facts: dict[str, Fact] = {
        **product,
        "review_id": review_id,
        "user_id": user["user_id"],
        "review_count": 1 + int(draw.expovariate(1 / 80)),
        "average_rating": round(1 + 4 * feeling, 2),
        "rating_last_30_days": round(1 + 4 * min(1.0, max(0.0, feeling + draw.gauss(0, 0.05))), 2),
        "verified_share": round(draw.betavariate(8, 2), 4),
        "sentiment": round(2 * feeling - 1, 4),
        "rating": 1 + round(4 * feeling),
    }
    return Event("review", at, facts)


def _search(
    draw: random.Random, session: Event, product: Mapping[str, Fact], query_id: str, term: str, at: datetime
) -> Event:
    """A search, and what is known of its term once it is counted."""
    clicks = round(draw.betavariate(2, 6), 4)
    facts: dict[str, Fact] = {
        "query_id": query_id,
        "keyword": term,
        "session_id": session.facts["session_id"],
        "user_id": session.facts["user_id"],
        "device": session.facts["device"],
        "top_product_id": product["product_id"],
        "product_id": product["product_id"],
        "category": product["category"],
        "searches_last_day": 1 + int(draw.expovariate(1 / 25)),
        "click_through_rate": clicks,
        "conversion_rate": round(clicks * draw.betavariate(2, 8), 4),
        "results": int(draw.expovariate(1 / 60)),
    }
    return Event("search", at, facts)


def _weighted(draw: random.Random, choices: tuple[tuple[str, int], ...]) -> str:
    return draw.choices([name for name, _ in choices], [weight for _, weight in choices])[0]


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
