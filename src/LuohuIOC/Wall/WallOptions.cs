using System.ComponentModel.DataAnnotations;

namespace LuohuIOC.Wall;

/// <summary>Section <c>Wall</c> of the configuration.</summary>
public sealed class WallOptions
{
    public const string Section = "Wall";

    /// <summary>Time between two frames of readings. Shorter: livelier numbers, more work for every browser. Alerts never wait for it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan Tick { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Sensors in one frame at most; the others come in the next. 5,000 make about 600 KB of JSON for each browser.</summary>
    [Range(1, 1_000_000)]
    public int ReadingsPerTick { get; set; } = 5000;

    /// <summary>Alerts that wait for one browser at most; when more come they are dropped and the browser is told to take a new snapshot.</summary>
    [Range(1, 100_000)]
    public int AlertsQueuedMax { get; set; } = 1000;

    /// <summary>A browser that takes nothing for so long is disconnected.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Browsers at most; one more is turned away. Of the last tenth of the places one token has five, so that it alone cannot take them all.</summary>
    [Range(1, 100_000)]
    public int ConnectionsMax { get; set; } = 1000;

    /// <summary>Folder of the built pages, relative to the program; <c>./ioc</c> puts them there.</summary>
    [Required]
    public string Pages { get; set; } = "wall";

    /// <summary>How long a theme stays when the wall rotates through them.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan Rotation { get; set; } = TimeSpan.FromSeconds(30);

    public BaseMapOptions BaseMap { get; set; } = new();
}
