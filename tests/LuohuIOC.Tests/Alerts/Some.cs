using LuohuIOC.Alerts;

namespace LuohuIOC.Tests.Alerts;

internal static class Some
{
    public const string Rule = "waterlogging-depth";

    public static readonly DateTimeOffset Now = new(2023, 9, 7, 18, 0, 0, TimeSpan.Zero);

    public static AlertSubject Subject(string sensor = "wl-001") => new(sensor, "文锦渡易涝点", "waterlogging", "黄贝街道", 114.13, 22.54);

    /// <param name="severity">Null: the condition ended.</param>
    /// <param name="second">Observed so many seconds after <see cref="Now"/>.</param>
    /// <param name="rule">Id of the rule.</param>
    public static RuleChange Change(Severity? severity, int second, string rule = Rule) =>
        new(rule, severity, "depth", severity is null ? 0.05 : 0.1 * (int)severity, 0.15, Now.AddSeconds(second).ToUnixTimeMilliseconds(), null);

    public static AlertCommand.Observe Observed(Severity? severity, int second) => new(Subject(), Change(severity, second));

    public static AlertRequest Request(RuleWatch watch, string actor = "值班员甲", string? comment = null, int? version = null) =>
        new(watch.Open?.Id ?? "none", actor, comment, version);
}
