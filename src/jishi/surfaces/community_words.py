"""What levels, roles and kinds of posts are called, in shop and console alike."""

from django.utils.translation import gettext as _

from jishi.modules.community.public import CommunityRole, Level, PostKind


def level_words(level: Level) -> str:
    return {
        Level.NEWCOMER: _("新邻居"),
        Level.MEMBER: _("成员"),
        Level.ACTIVE: _("活跃"),
        Level.CORE: _("核心"),
    }[level]


def role_words(role: CommunityRole) -> str:
    return {
        CommunityRole.MEMBER: "",
        CommunityRole.LEADER: _("领队"),
        CommunityRole.MODERATOR: _("版主"),
        CommunityRole.OWNER: _("群主"),
    }[role]


def kind_words(kind: PostKind) -> str:
    return {
        PostKind.TALK: _("聊聊"),
        PostKind.QUESTION: _("提问"),
        PostKind.POLL: _("投票"),
        PostKind.SHOW: _("晒单"),
        PostKind.NOTICE: _("公告"),
    }[kind]
