using System.Diagnostics.Metrics;

namespace LuohuIOC.Notices;

/// <summary>Counters of meter <c>LuohuIOC.Notices</c>.</summary>
internal sealed class NoticeMeters
{
    public const string Name = "LuohuIOC.Notices";

    private readonly Counter<long> _sent;
    private readonly Counter<long> _unkept;

    public NoticeMeters(IMeterFactory factory)
    {
        var meter = factory.Create(Name);
        _sent = meter.CreateCounter<long>("luohu.notices.sent", "{message}", "Messages to recipients, by channel and whether their servers took them");
        _unkept = meter.CreateCounter<long>("luohu.notices.unkept", "{alert}", "Alerts whose notices the ledger did not take");
    }

    public void Sent(NoticeChannel channel, bool isDelivered) => _sent.Add(
        1, new KeyValuePair<string, object?>("channel", channel == NoticeChannel.Mail ? "mail" : "webhook"), new KeyValuePair<string, object?>("result", isDelivered ? "delivered" : "failed"));

    public void Unkept() => _unkept.Add(1);
}
