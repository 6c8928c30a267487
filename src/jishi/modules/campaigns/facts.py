"""What happens to campaigns."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CampaignPublished:
    name: ClassVar[str] = "campaigns.campaign_published.v1"
    campaign_id: uuid.UUID
    slug: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "campaign", self.campaign_id


@dataclass(frozen=True, slots=True)
class CampaignOpened:
    name: ClassVar[str] = "campaigns.campaign_opened.v1"
    campaign_id: uuid.UUID
    slug: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "campaign", self.campaign_id


@dataclass(frozen=True, slots=True)
class CampaignClosed:
    name: ClassVar[str] = "campaigns.campaign_closed.v1"
    campaign_id: uuid.UUID
    slug: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "campaign", self.campaign_id
