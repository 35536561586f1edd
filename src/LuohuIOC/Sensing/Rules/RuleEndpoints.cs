using System.Text.Json;
using System.Text.Json.Nodes;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Http;
using LuohuIOC.Registry;
using LuohuIOC.Texts;

namespace LuohuIOC.Sensing.Rules;

/// <summary>The rules over HTTP. A rule is written as <see cref="Rule"/> says.</summary>
internal static class RuleEndpoints
{
    /// <summary><c>?kind=</c> limits the list to one kind.</summary>
    public static IResult Defaults(HttpContext context, string? kind = null)
    {
        SensorKind? only = null;
        if (kind is not null)
        {
            if (!KindCatalogue.TryParse(kind, out var parsed)) return Problem.Of(context, 400, "rule-kind-unknown", kind);
            only = parsed;
        }
        var language = TextBook.LanguageOf(context.Request);
        var items = DefaultRules.All.Where(k => only is null || k.Kind == only).Select(k => new DefaultsView(
            KindCatalogue.Of(k.Kind).Name, k.NameContains,
            [.. k.Rules.Concat(k.NameContains is null ? DefaultRules.EveryKind : []).Select(r => RuleView.Of(r, null, 0, language))]));
        return Results.Json(new RuleList<DefaultsView>(items), RuleJson.Options);
    }

    public static IResult InForce(HttpContext context, string id, SensorRegistry registry, RuleBook book)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        var language = TextBook.LanguageOf(context.Request);
        var items = book.Explain(sensor).Select(r => RuleView.Of(r.Rule, r.Override, book.VersionOf(id, r.Rule.Id), language));
        return Results.Json(new RuleList<RuleView>(items), RuleJson.Options);
    }

    /// <summary><c>?rule=</c> limits the list to one rule.</summary>
    public static IResult History(HttpContext context, string id, SensorRegistry registry, RuleBook book, string? rule = null)
    {
        if (!registry.TryFind(id, out _)) return Problem.Of(context, 404, "not-found", id);
        var language = TextBook.LanguageOf(context.Request);
        var items = book.History(id, rule).Select(v => new VersionView(
            v.RuleId, RuleView.LabelOf(v.RuleId, v.Rule, language), v.Version, v.Rule, v.ChangedAt, v.ChangedBy, v.Comment));
        return Results.Json(new RuleList<VersionView>(items), RuleJson.Options);
    }

    /// <summary>
    /// Body: the rule, or the whole view that GET gave. For a rule that the sensor has already, members that are left out stay as they are in force,
    /// so <c>{"enabled":false,"comment":"…"}</c> switches it off and keeps the station's own thresholds. <c>If-Match: "n"</c> refuses the change (412) when another was first.
    /// </summary>
    public static async Task<IResult> Put(HttpContext context, string id, string rule, SensorRegistry registry, RuleBook book)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        if (!IfMatch.TryRead(context.Request, out var expected)) return Problem.Of(context, 400, "rule-if-match-invalid");
        Rule parsed;
        try
        {
            var body = await JsonNode.ParseAsync(context.Request.Body, null, new JsonDocumentOptions { AllowDuplicateProperties = false }, context.RequestAborted);
            if (body is not JsonObject written) return Problem.Of(context, 400, "rule-unreadable", "$");
            parsed = Complete(RuleIn(written), rule, book.Explain(sensor).FirstOrDefault(r => r.Rule.Id == rule)).Deserialize<Rule>(RuleJson.Options)!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            return Problem.Of(context, 400, "rule-unreadable", (e as JsonException)?.Path ?? "$.type");
        }
        if (OfficerText.FaultOfComment(context, parsed.Comment) is { } unfit) return unfit;
        if (parsed.Id != rule) return Problem.Of(context, 400, "rule-id-differs", parsed.Id, rule);
        if (RuleChecks.FaultOf(parsed, sensor) is { } fault) return Problem.Of(context, 422, fault.Code, fault.Words(TextBook.LanguageOf(context.Request)));
        var set = book.Set(sensor, rule, parsed, Who(context), parsed.Comment, expected);
        if (set is null) return Problem.Of(context, 412, "rule-version-conflict", rule, book.VersionOf(id, rule));
        IfMatch.Tell(context.Response, set.Version);
        return Results.Json(RuleView.Of(parsed, set, set.Version, TextBook.LanguageOf(context.Request)), RuleJson.Options);
    }

    /// <summary>Back to the default; <c>?comment=</c> says why.</summary>
    public static IResult Delete(HttpContext context, string id, string rule, SensorRegistry registry, RuleBook book, string? comment = null)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        if (!IfMatch.TryRead(context.Request, out var expected)) return Problem.Of(context, 400, "rule-if-match-invalid");
        if (OfficerText.FaultOfComment(context, comment) is { } unfit) return unfit;
        if (!book.Explain(sensor).Any(r => r.Rule.Id == rule && r.Override is not null))
            return Problem.Of(context, 404, "rule-not-overridden", rule);
        var set = book.Set(sensor, rule, null, Who(context), comment, expected);
        return set is null ? Problem.Of(context, 412, "rule-version-conflict", rule, book.VersionOf(id, rule)) : Results.NoContent();
    }

    /// <summary>{"label":"设备电量低","origin":"default","version":0,"rule":{"type":"ladder",…}} → {"type":"ladder",…}</summary>
    private static JsonObject RuleIn(JsonObject written)
    {
        if (written["rule"] is not JsonObject rule) return written;
        var foreign = written.Select(member => member.Key).FirstOrDefault(name => !RuleView.Members.Contains(name));
        return foreign is null ? rule : throw new JsonException(null, $"$.{foreign}", null, null);
    }

    /// <summary>The written members over those in force, so that only what differs needs to be written.</summary>
    private static JsonObject Complete(JsonObject written, string ruleId, (Rule? Rule, RuleVersion? Override) inForce)
    {
        var standing = inForce.Rule;
        // Source and confirmation belong to the default's numbers, not to an officer's; a comment belongs to one change.
        if (standing is not null) standing = inForce.Override is null ? standing with { Confirm = false, Comment = null } : standing with { Comment = null };
        var whole = standing is null ? new JsonObject { ["id"] = ruleId } : (JsonObject)JsonSerializer.SerializeToNode(standing, RuleJson.Options)!;
        // Another type has other members.
        if (written["type"] is { } type && whole["type"] is { } was && !JsonNode.DeepEquals(type, was)) whole = new JsonObject { ["id"] = ruleId };
        foreach (var (name, value) in written) whole[name] = value?.DeepClone();
        if (inForce is { Override: null, Rule: not null } && (string?)whole["source"] is { } source
            && (source == RuleView.SourceOf(ruleId, TextBook.Chinese) || source == RuleView.SourceOf(ruleId, TextBook.English)))
        {
            whole.Remove("source");
            whole.Remove("confirm");
        }
        return whole;
    }

    private static string Who(HttpContext context) => context.User.Identity?.Name ?? "unknown";
}
