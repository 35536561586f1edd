using System.Text.Json.Nodes;
using LuohuIOC.Http;

namespace LuohuIOC.SensorThings;

/// <summary>An entity as <c>$filter</c> and <c>$orderby</c> see it: its own members, and its neighbours by the names of the links to them.</summary>
/// <param name="Entity">As it would be answered.</param>
/// <param name="Neighbours">The neighbours under a name; null when the entity has none of the name.</param>
internal sealed record StaScope(JsonObject Entity, Func<string, IEnumerable<StaScope>?>? Neighbours = null)
{
    /// <summary>
    /// The value at a path: text, number, truth, geometry; several of them (<see cref="StaValues"/>) behind a link that leads to many; null for nothing.
    /// <c>properties/kind</c>, <c>Datastreams/ObservedProperty/name</c>, <c>Locations/location</c>
    /// </summary>
    public object? Of(string[] path) => Of(path.AsSpan());

    private object? Of(ReadOnlySpan<string> path)
    {
        if (StaPath.Of(Entity, path) is { } own) return own;
        if (path.Length < 2 || Neighbours?.Invoke(path[0]) is not { } neighbours) return null;
        var values = new List<object?>();
        foreach (var neighbour in neighbours)
        {
            var value = neighbour.Of(path[1..]);
            if (value is StaValues many) values.AddRange(many.All);
            else values.Add(value);
        }
        return values.Count == 1 ? values[0] : new StaValues(values);
    }
}

/// <summary>Values behind a link that leads to many; what is said of them is true when it is true of one.</summary>
internal sealed record StaValues(IReadOnlyList<object?> All)
{
    public static bool IsTrue(object? value) => value is true || (value is StaValues many && many.All.Contains(true));

    /// <summary>Applied to every pair of values.</summary>
    public static object? Each(object? a, object? b, Func<object?, object?, object?> of)
    {
        if (a is not StaValues && b is not StaValues) return of(a, b);
        IReadOnlyList<object?> lefts = a is StaValues manyA ? manyA.All : [a], rights = b is StaValues manyB ? manyB.All : [b];
        return new StaValues([.. lefts.SelectMany(l => rights.Select(r => of(l, r)))]);
    }
}

/// <summary>Values of an entity by path, as <c>$filter</c> and <c>$orderby</c> name them.</summary>
internal static class StaPath
{
    public static object? Of(JsonObject entity, ReadOnlySpan<string> path)
    {
        JsonNode? node = entity;
        foreach (var step in path) node = node is JsonObject inner ? inner[step is "id" ? "@iot.id" : step] : null;
        if (node is JsonObject shape) return StaGeometry.Of(shape);
        if (node is not JsonValue value) return null;
        if (value.TryGetValue(out string? text)) return text;
        if (value.TryGetValue(out bool truth)) return truth;
        return value.TryGetValue(out double number) ? number : value.TryGetValue(out long whole) ? (double)whole : null;
    }

    /// <summary>An ISO 8601 moment, Beijing's where it has no zone as everywhere here; null for anything else.</summary>
    public static DateTimeOffset? Time(string text) => TimeParameter.TryParseIso(text, out var time) ? time : null;
}
