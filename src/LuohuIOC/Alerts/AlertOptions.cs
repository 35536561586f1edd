using System.ComponentModel.DataAnnotations;

namespace LuohuIOC.Alerts;

/// <summary>Section <c>Alerts</c> of the configuration.</summary>
public sealed class AlertOptions
{
    public const string Section = "Alerts";

    /// <summary>
    /// How long an orange or red alert that nobody has acknowledged stays open after its condition cleared. Longer: nothing bad
    /// passes unseen; shorter: a tidier list.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "366.00:00:00")]
    public TimeSpan AutoCloseAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>So long after the start no alert closes by itself: a clock that is a day ahead when the host starts, and is set right then, would close all that cleared, for good.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan AutoCloseGrace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often alerts are looked through for ones that may close by themselves or whose deadline has passed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AutoCloseEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>So long after the start no deadline is told to have passed: what gateways kept meanwhile may say that it was dealt with in time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DeadlineGrace { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Transitions that wait for the disk at most; a sensor's or officer's call waits when they are reached. About 2 KB each.</summary>
    [Range(64, 1_000_000)]
    public int QueueMax { get; set; } = 8192;

    /// <summary>Transitions in one commit at most. More: fewer fsyncs in a storm; fewer: a shorter wait for each.</summary>
    [Range(1, 100_000)]
    public int CommitMax { get; set; } = 512;

    /// <summary>False: alerts come without neighbours, rain and last episode.</summary>
    public bool Survey { get; set; } = true;

    /// <summary>So long after the raise its surroundings are looked at: alerts of one moment then cost one commit together, and none waits for it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan SurveyAfter { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Alerts that wait for their look at most; what comes then stays without, counted and logged.</summary>
    [Range(1, 1_000_000)]
    public int SurveyQueueMax { get; set; } = 4096;

    /// <summary>So long at most a question about alerts waits for what walls show already and the disk has not taken yet.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ReadPatience { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>First and longest wait between attempts while the disk refuses (full, failing).</summary>
    public TimeSpan RetryFirst { get; set; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan RetryMax { get; set; } = TimeSpan.FromSeconds(10);
}
