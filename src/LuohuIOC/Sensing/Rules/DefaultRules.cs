using System.Text.Json;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Sensing.Rules;

/// <summary>Rules that hold for some sensors of a kind: all of them, or those whose name contains a text.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="NameContains">Null: every sensor of the kind.</param>
/// <param name="Rules">The rules, without those of every kind.</param>
internal sealed record KindRules(SensorKind Kind, string? NameContains, Rule[] Rules);

/// <summary>The rules that the product comes with, from <c>defaults.json</c>.</summary>
internal static class DefaultRules
{
    private static readonly KindRules[] PerKind;

    static DefaultRules()
    {
        using var stream = typeof(DefaultRules).Assembly.GetManifestResourceStream("sensing/default-rules.json")
            ?? throw new InvalidOperationException("Sensing/Rules/defaults.json is not embedded.");
        var file = JsonSerializer.Deserialize<DefaultsFile>(stream, RuleJson.Options)!;
        EveryKind = file.EveryKind;
        PerKind = [.. file.Kinds.Select(k => new KindRules(
            KindCatalogue.TryParse(k.Kind, out var kind) ? kind : throw new InvalidOperationException($"defaults.json: unknown kind {k.Kind}."),
            k.NameContains,
            k.Rules))];
    }

    public static Rule[] EveryKind { get; }

    public static IReadOnlyList<KindRules> All => PerKind;

    /// <summary>Groups of the kind's rules that hold only for sensors of certain names.</summary>
    public static IEnumerable<KindRules> Named(SensorKind kind) => PerKind.Where(k => k.Kind == kind && k.NameContains is not null);

    /// <summary>The default rules of a sensor; a named group goes before the kind's.</summary>
    public static Rule[] For(SensorKind kind, string name) =>
        [.. PerKind.Where(k => k.Kind == kind && Applies(k, name)).OrderBy(k => k.NameContains is null).SelectMany(k => k.Rules).DistinctBy(r => r.Id), .. EveryKind];

    public static bool Applies(KindRules rules, string name) =>
        rules.NameContains is null || name.Contains(rules.NameContains, StringComparison.Ordinal);

    private sealed record DefaultsFile(string Note, Rule[] EveryKind, KindRow[] Kinds);

    private sealed record KindRow(string Kind, string? NameContains, Rule[] Rules);
}
