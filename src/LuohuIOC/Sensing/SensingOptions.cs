using System.ComponentModel.DataAnnotations;

namespace LuohuIOC.Sensing;

/// <summary>Section <c>Sensing</c>.</summary>
public sealed class SensingOptions
{
    /// <summary>How often grain states are saved; a crash replays at most this much of the journal. Default 30 s.</summary>
    public TimeSpan SaveEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often sensors are looked at whose hold or silence may have run out. Default 250 ms.</summary>
    public TimeSpan TickEvery { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>States saved at once. Default 64.</summary>
    [Range(1, 10_000)]
    public int SavesAtOnce { get; set; } = 64;
}
