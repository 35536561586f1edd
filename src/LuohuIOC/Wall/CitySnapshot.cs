using LuohuIOC.Alerts;
using MessagePack;

namespace LuohuIOC.Wall;

/// <summary>Everything a wall needs to begin: then it follows <c>alert</c> and <c>readings</c>.</summary>
/// <param name="ServerTime">ISO 8601; ages are counted from this clock, not from the browser's.</param>
/// <param name="Counts">Headline figures.</param>
/// <param name="Alerts">Open alerts, worst first, then newest.</param>
/// <param name="Readings">Latest reading of every sensor that has one.</param>
[MessagePackObject]
public sealed record CitySnapshot(
    [property: Key("serverTime"), MessagePackFormatter(typeof(IsoTime))] DateTimeOffset ServerTime,
    [property: Key("counts")] CityCounts Counts,
    [property: Key("alerts")] IReadOnlyList<AlertView> Alerts,
    [property: Key("readings")] IReadOnlyList<ReadingView> Readings);

/// <summary>Headline figures of the city.</summary>
/// <param name="Sensors">In service.</param>
/// <param name="Reporting">In service and heard of within the time that their kind may be silent.</param>
/// <param name="NewestReading">Unix ms of the newest reading of all, null before the first.</param>
/// <param name="Open">Open alerts.</param>
/// <param name="Unacknowledged">Open alerts that wait for an officer.</param>
/// <param name="Red">Open red alerts.</param>
/// <param name="Orange">Open orange alerts.</param>
/// <param name="Yellow">Open yellow alerts.</param>
/// <param name="Blue">Open blue alerts.</param>
[MessagePackObject]
public sealed record CityCounts(
    [property: Key("sensors")] int Sensors,
    [property: Key("reporting")] int Reporting,
    [property: Key("newestReading")] long? NewestReading,
    [property: Key("open")] int Open,
    [property: Key("unacknowledged")] int Unacknowledged,
    [property: Key("red")] int Red,
    [property: Key("orange")] int Orange,
    [property: Key("yellow")] int Yellow,
    [property: Key("blue")] int Blue);
