using System.Diagnostics.Metrics;

namespace LuohuIOC.Notices;

/// <summary>Counters of meter <c>LuohuIOC.Notices</c>.</summary>
internal sealed class NoticeMeters
{
    public const string Name = "LuohuIOC.Notices";

    private readonly Counter<long> _sent;
    private readonly Counter<long> _lost;

    public NoticeMeters(IMeterFactory factory)
    {
        var meter = factory.Create(Name);
        _sent = meter.CreateCounter<long>("luohu.notices.sent", "{message}", "Messages to recipients, by channel and whether their servers took them");
        _lost = meter.CreateCounter<long>("luohu.notices.lost", "{notice}", "Notices that the record will not have: the ledger was away for too long");
    }

    public void Sent(NoticeChannel channel, bool isDelivered) => _sent.Add(
        1, new KeyValuePair<string, object?>("channel", channel == NoticeChannel.Mail ? "mail" : "webhook"), new KeyValuePair<string, object?>("result", isDelivered ? "delivered" : "failed"));

    public void Lost() => _lost.Add(1);
}
