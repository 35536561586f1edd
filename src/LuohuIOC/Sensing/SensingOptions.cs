using System.ComponentModel.DataAnnotations;

namespace LuohuIOC.Sensing;

/// <summary>Section <c>Sensing</c>.</summary>
public sealed class SensingOptions
{
    /// <summary>A round of saving the changed states and its rest take this long together; a crash replays twice this much of the journal at most. Default 30 s.</summary>
    public TimeSpan SaveEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often sensors are looked at whose hold or silence may have run out. Default 250 ms.</summary>
    public TimeSpan TickEvery { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>So long a gateway may have said that it is gone before that is an alert. Default 5 min: what restarts is back by then.</summary>
    public TimeSpan GatewayAwayAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>States saved in one commit at least; more when there are too many for the round. Default 16.</summary>
    [Range(1, 10_000)]
    public int SavesAtOnce { get; set; } = 16;
}
