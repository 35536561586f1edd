using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Registry;
using LuohuIOC.Spatial;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Tests.Ingestion.Frames;

/// <summary>One sensor <c>s</c> behind gateway <c>gw</c>, and what a raw payload for it decodes to.</summary>
internal static class FrameScene
{
    /// <summary>2023-09-07 18:00 in Beijing; also when everything is received.</summary>
    public static readonly long Evening = new DateTimeOffset(2023, 9, 7, 18, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    /// <summary>A line a reading, then one for each refused part (<c>metric_unknown x</c>), or the reason alone when the payload is refused whole.</summary>
    public static List<string> Decode(PayloadForm form, SensorKind kind, byte[] payload, FrameMetrics? metrics = null, ReadingGroup? into = null, List<Refusal>? parts = null)
    {
        var registry = new SensorRegistry();
        registry.Apply([new SensorDraft { Line = 1, Id = "s", Kind = kind, Name = "s", Place = new GeoPoint(114.13, 22.55), Gateway = "gw" }]);
        var decoder = new PublishDecoder(registry, metrics ?? new FrameMetrics(), Options.Create(new RegistrationOptions()));
        var group = into ?? new ReadingGroup();
        var refusals = parts ?? [];
        var refused = decoder.Decode(form, "gw", "s"u8, payload, Evening, group, refusals);
        if (refused != RejectionReason.None) return [refused.WireName()];
        var lines = new List<string>();
        for (var i = 0; i < group.Count; i++)
        {
            var line = new StringBuilder().Append(group.DeviceTimes[i]).Append(" seq=").Append(group.Sequences[i] == ReadingGroup.NoSequence ? "none" : group.Sequences[i].ToString());
            for (var v = 0; v < group.SlotsOf(i).Length; v++) line.Append(' ').Append(registry[0].Layout.Names[group.SlotsOf(i)[v]]).Append(FormattableString.Invariant($"={group.ValuesOf(i)[v]}"));
            lines.Add(line.ToString());
        }
        return [.. lines, .. refusals.Select(r => $"{r.Reason.WireName()} {r.Metric}".TrimEnd())];
    }
}
