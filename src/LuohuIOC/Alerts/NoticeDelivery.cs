using MessagePack;

namespace LuohuIOC.Alerts;

/// <summary>That somebody was told of an alert outside of walls, or could not be; in the event <see cref="AlertEventType.Notified"/>.</summary>
/// <param name="Policy">Name of the policy by which.</param>
/// <param name="To">Whom: a mail address, or a webhook's server and the end of its address; never a secret.</param>
/// <param name="Delivered">True when the recipient's server took it. That a person has read it is not known.</param>
/// <param name="Answer">What the server said, or what failed; null where nothing is to be said.</param>
[GenerateSerializer, Immutable, Alias("luohu.notice-delivery.v1")]
public sealed record NoticeDelivery(
    [property: Id(0)] string Policy,
    [property: Id(1)] string To,
    [property: Id(2)] bool Delivered,
    [property: Id(3)] string? Answer);

/// <summary>The newest notice of one policy to one recipient, as an alert remembers it.</summary>
/// <param name="Policy">See <see cref="NoticeDelivery"/>.</param>
/// <param name="To">See <see cref="NoticeDelivery"/>.</param>
/// <param name="Delivered">See <see cref="NoticeDelivery"/>.</param>
/// <param name="Severity">Of which severity was told.</param>
/// <param name="At">When this server took note.</param>
public sealed record NoticeMark(string Policy, string To, bool Delivered, Severity Severity, DateTimeOffset At);

/// <summary>As <see cref="NoticeMark"/>, for people and browsers.</summary>
/// <param name="Policy">See <see cref="NoticeDelivery"/>.</param>
/// <param name="To">See <see cref="NoticeDelivery"/>.</param>
/// <param name="Delivered">See <see cref="NoticeDelivery"/>.</param>
/// <param name="Severity">Word of the severity that was told.</param>
/// <param name="At">When this server took note.</param>
[GenerateSerializer, Immutable, Alias("luohu.notice-view.v1"), MessagePackObject]
public sealed record NoticeView(
    [property: Id(0), Key("policy")] string Policy,
    [property: Id(1), Key("to")] string To,
    [property: Id(2), Key("delivered")] bool Delivered,
    [property: Id(3), Key("severity")] string Severity,
    [property: Id(4), Key("at"), MessagePackFormatter(typeof(IsoTime))] DateTimeOffset At);
