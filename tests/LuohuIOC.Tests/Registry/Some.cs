using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Spatial;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Registry;

/// <summary>Rows with sensible defaults; a test names only what it is about.</summary>
internal static class Some
{
    public static readonly GeoPoint Place = new(114.1336, 22.5553);

    public static SensorDraft Draft(
        string id, SensorKind kind = SensorKind.Pipe, string? downstream = null, int line = 2, string gateway = "gw-1", string name = "某站",
        DateTimeOffset? retiredAt = null, SensorFields given = SensorFields.All) => new()
        {
            Line = line,
            Id = id,
            Kind = kind,
            Name = name,
            Place = Place,
            Gateway = gateway,
            Downstream = downstream,
            RetiredAt = retiredAt,
            Given = given,
        };

    /// <summary>Drafts on lines 2, 3, 4 … as in a CSV file.</summary>
    public static SensorDraft[] File(params SensorDraft[] drafts) => [.. drafts.Select((d, i) => d with { Line = i + 2 })];

    /// <summary>Every code of a refusal has a text in both languages.</summary>
    public static void AssertTextsFor(IEnumerable<RowRefusal> refused)
    {
        foreach (var refusal in refused)
            foreach (var language in new[] { TextBook.Chinese, TextBook.English })
                Assert.Contains($"registry.refused.{refusal.Code}", TextBook.Keys(language));
    }

    public static SensorRegistry Registry(params SensorDraft[] drafts)
    {
        var registry = new SensorRegistry();
        if (registry.Apply(File(drafts)).Refused is [var first, ..]) throw new InvalidOperationException($"{first}");
        return registry;
    }
}
