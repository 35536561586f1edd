namespace LuohuIOC.Alerts;

/// <summary>That somebody was told of an alert outside of walls, or could not be; in the event <see cref="AlertEventType.Notified"/>.</summary>
/// <param name="Policy">Name of the policy by which.</param>
/// <param name="To">Whom: a mail address, or a webhook's server and the end of its address; never a secret.</param>
/// <param name="Delivered">True when the recipient's server took it. That a person has read it is not known.</param>
/// <param name="Answer">What the server said, or what failed; null where nothing is to be said.</param>
/// <param name="At">When the server answered, or was given up: the event may come later, where the ledger was away.</param>
/// <param name="Call">Of which call of the alert was told, <see cref="AlertCall.At"/>.</param>
/// <param name="Named">False where the message told of many alerts and only counted this one.</param>
/// <param name="Ended">True where the message said that it is over; null otherwise.</param>
[GenerateSerializer, Immutable, Alias("luohu.notice-delivery.v1")]
public sealed record NoticeDelivery(
    [property: Id(0)] string Policy,
    [property: Id(1)] string To,
    [property: Id(2)] bool Delivered,
    [property: Id(3)] string? Answer,
    [property: Id(4)] DateTimeOffset At,
    [property: Id(5)] DateTimeOffset Call,
    [property: Id(6)] bool Named = true,
    [property: Id(7)] bool? Ended = null)
{
    /// <summary>For eyes that a person's address is nothing for: its first letter and its server.</summary>
    public NoticeDelivery Masked()
    {
        var at = To.IndexOf('@');
        if (at <= 0) return this;
        var masked = $"{To[0]}…{To[at..]}";
        return this with { To = masked, Answer = Answer?.Replace(To, masked, StringComparison.OrdinalIgnoreCase) };
    }
}

/// <summary>The newest notice of one policy to one recipient, and beside one that was delivered the newest that was not, as an alert remembers them.</summary>
/// <param name="Policy">See <see cref="NoticeDelivery"/>.</param>
/// <param name="To">See <see cref="NoticeDelivery"/>.</param>
/// <param name="Delivered">See <see cref="NoticeDelivery"/>.</param>
/// <param name="Severity">Of which severity was told.</param>
/// <param name="At">See <see cref="NoticeDelivery"/>.</param>
/// <param name="Call">See <see cref="NoticeDelivery"/>.</param>
/// <param name="Ended">See <see cref="NoticeDelivery"/>.</param>
[GenerateSerializer, Immutable, Alias("luohu.notice-mark.v1")]
public sealed record NoticeMark(
    [property: Id(0)] string Policy,
    [property: Id(1)] string To,
    [property: Id(2)] bool Delivered,
    [property: Id(3)] Severity Severity,
    [property: Id(4)] DateTimeOffset At,
    [property: Id(5)] DateTimeOffset Call,
    [property: Id(6)] bool? Ended = null);
