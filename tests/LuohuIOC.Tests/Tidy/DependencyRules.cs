using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LuohuIOC.Tests.Tidy;

/// <summary>
/// Which feature folder of the product may know which: the way a reading flows. A new folder needs a row here, and a row
/// that points upstream needs a better idea.
/// </summary>
internal static class DependencyRules
{
    // What every feature may use.
    private static readonly string[] Base = ["Http", "Storage", "Texts"];

    public static readonly IReadOnlyDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["Texts"] = [],
        ["Storage"] = ["Texts"],
        ["Http"] = ["Texts"],
        ["Spatial"] = [.. Base],
        ["Registry"] = [.. Base, "Spatial"],
        // Secrets are made for the gateways that the registry names.
        ["Identity"] = [.. Base, "Registry"],
        ["Ingestion"] = [.. Base, "Registry", "Identity"],
        ["Alerts"] = [.. Base, "Registry", "Spatial"],
        // Who is told of alerts outside of walls.
        ["Notices"] = [.. Base, "Alerts"],
        ["Sensing"] = [.. Base, "Ingestion", "Registry", "Alerts"],
        // A reading is stored with the mark that Sensing gave it, never before.
        ["History"] = [.. Base, "Ingestion", "Registry", "Sensing"],
        // The open standard's view of registry and history.
        ["SensorThings"] = [.. Base, "Registry", "Ingestion", "History"],
        // Copies the stores of all, in an order of its own.
        ["Backup"] = [.. Base, "Registry", "Identity", "Ingestion", "Sensing", "History"],
        // Waits for each stage in the order in which a reading passes them.
        ["Drain"] = [.. Base, "Ingestion", "Sensing", "History"],
        ["Wall"] = [.. Base, "Spatial", "Registry", "Identity", "Ingestion", "Alerts", "History", "Sensing"],
    };

    // A detector learns from the sensor's own past; nothing else in Sensing may read history, and nothing may write it.
    private const string LearnsFromHistory = "src/LuohuIOC/Sensing/Detectors/";

    private const string Root = "LuohuIOC";

    /// <summary>Uses of another feature that the table does not allow.</summary>
    public static IEnumerable<string> Forbidden(SourceFile file, ILookup<string, string> typesByFeature)
    {
        if (file.Feature is not { } feature) yield break;
        if (!Allowed.TryGetValue(feature, out var allowed))
        {
            yield return $"{file.Path}: the folder {feature} is not in the table of DependencyRules. Say there what it may know.";
            yield break;
        }
        foreach (var (used, at) in Uses(file, typesByFeature))
        {
            if (used == feature || allowed.Contains(used)) continue;
            if (used == "History" && file.Path.StartsWith(LearnsFromHistory, StringComparison.Ordinal)) continue;
            yield return $"{at}: {feature} may not know {used}.";
        }
    }

    /// <summary>Sensing sees of Alerts only what is said between them: interfaces, records and enums.</summary>
    public static IEnumerable<string> AlertClassesInSensing(SourceFile file, ISet<string> alertClasses) =>
        file.Feature != "Sensing" ? [] : file.All<SimpleNameSyntax>()
            .Where(n => alertClasses.Contains(n.Identifier.Text))
            .Select(n => $"{file.At(n)}: Sensing may use types of Alerts that carry a message, not {n.Identifier.Text}.");

    public static ILookup<string, string> TypesByFeature(IEnumerable<SourceFile> product) =>
        product.Where(f => f.Feature is not null)
            .SelectMany(f => f.All<BaseTypeDeclarationSyntax>().Select(t => (f.Feature, Type: t.Identifier.Text)))
            .ToLookup(t => t.Feature!, t => t.Type);

    // using LuohuIOC.History; — LuohuIOC.History.StoredReading — History.StoredReading (seen from within LuohuIOC)
    private static IEnumerable<(string Feature, string At)> Uses(SourceFile file, ILookup<string, string> typesByFeature)
    {
        foreach (var node in file.Syntax.DescendantNodes())
        {
            // Only the first two names of a path matter; longer ones hold these as their innermost node.
            (string First, string Second)? path = node switch
            {
                QualifiedNameSyntax { Left: SimpleNameSyntax left } q => (left.Identifier.Text, q.Right.Identifier.Text),
                QualifiedNameSyntax { Left: AliasQualifiedNameSyntax left } q => (left.Name.Identifier.Text, q.Right.Identifier.Text),
                MemberAccessExpressionSyntax { Expression: SimpleNameSyntax left } m => (left.Identifier.Text, m.Name.Identifier.Text),
                MemberAccessExpressionSyntax { Expression: AliasQualifiedNameSyntax left } m => (left.Name.Identifier.Text, m.Name.Identifier.Text),
                _ => null,
            };
            if (path is not var (first, second)) continue;
            if (node.FirstAncestorOrSelf<BaseNamespaceDeclarationSyntax>() is { } own && own.Name.Span.Contains(node.Span)) continue;
            if (first == Root && Allowed.ContainsKey(second)) yield return (second, file.At(node));
            if (Allowed.ContainsKey(first) && typesByFeature[first].Contains(second)) yield return (first, file.At(node));
        }
    }
}
