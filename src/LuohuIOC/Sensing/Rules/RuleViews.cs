using System.Text.Json.Serialization;
using LuohuIOC.Texts;

namespace LuohuIOC.Sensing.Rules;

/// <summary>A list of rules.</summary>
internal sealed record RuleList<T>(IEnumerable<T> Items)
{
    /// <summary>Always null: they are one page. Written all the same, as in every list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Next => null;
}

/// <summary>One rule of a sensor as the API shows it.</summary>
/// <param name="Label">Name for people in the caller's language.</param>
/// <param name="Origin"><c>default</c> or <c>override</c>.</param>
/// <param name="Version">Number of changes so far, for <c>If-Match</c>; 0 = never touched.</param>
/// <param name="ChangedAt">When the override was made.</param>
/// <param name="ChangedBy">Who made it.</param>
/// <param name="Rule">The rule as data.</param>
internal sealed record RuleView(string Label, string Origin, int Version, DateTimeOffset? ChangedAt, string? ChangedBy, Rule Rule)
{
    public static RuleView Of(Rule rule, RuleVersion? set, int version, string language) => new(
        LabelOf(rule.Id, rule, language), set is null ? "default" : "override", version, set?.ChangedAt, set?.ChangedBy,
        set is null ? rule with { Source = SourceOf(rule.Id, language) } : rule);

    /// <summary>Where the numbers of one of the product's own rules come from; null for any other rule.</summary>
    public static string? SourceOf(string ruleId, string language)
    {
        var key = $"rule.{ruleId}.source";
        var text = TextBook.Get(language, key);
        return text == key ? null : text;
    }

    /// <summary>As they are written in JSON.</summary>
    public static IReadOnlySet<string> Members { get; } = new HashSet<string>(["label", "origin", "version", "changedAt", "changedBy", "rule"], StringComparer.Ordinal);

    /// <summary>The product's name of the rule, or the name that an officer gave it, or its id.</summary>
    public static string LabelOf(string ruleId, Rule? rule, string language)
    {
        var key = $"rule.{ruleId}";
        var text = TextBook.Get(language, key);
        return text == key ? rule?.Name ?? ruleId : text;
    }
}

/// <summary>Default rules of a kind, or of its sensors whose name contains a text.</summary>
internal sealed record DefaultsView(string Kind, string? NameContains, RuleView[] Rules);

/// <summary>One version of one rule; without <see cref="Rule"/>: back to the default.</summary>
internal sealed record VersionView(
    string Id, string Label, int Version, Rule? Rule, DateTimeOffset ChangedAt, string ChangedBy, string? Comment);
