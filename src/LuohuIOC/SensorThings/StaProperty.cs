using System.Text.Json.Nodes;

namespace LuohuIOC.SensorThings;

/// <summary>A property of an entity by its path (OGC SensorThings 1.1, 9.2.5 and 9.2.6): <c>Things('river-001')/properties/kind</c>, bare behind <c>/$value</c>.</summary>
/// <param name="Name">The last name of the path.</param>
/// <param name="Value">Null where the entity has nothing there.</param>
/// <param name="IsBare">The value alone is asked for.</param>
internal sealed record StaProperty(string Name, JsonNode? Value, bool IsBare)
{
    /// <summary>Behind a path of which only the value is wanted.</summary>
    public const string Bare = "$value";

    /// <summary>Null when the path leads to nothing that the entity could have.</summary>
    /// <param name="entity">Whose property it is.</param>
    /// <param name="steps">One at least; the first is a property that entities of this collection have.</param>
    public static StaProperty? Of(JsonObject entity, ReadOnlySpan<string> steps)
    {
        var isBare = steps[^1] == Bare;
        if (isBare) steps = steps[..^1];
        JsonNode? node = entity;
        for (var i = 0; i < steps.Length; i++)
        {
            var name = steps[i] == "id" && i == 0 ? "@iot.id" : steps[i];
            if (node is not JsonObject inner) return null;
            // What is a property by the standard may be empty here; what is inside one is there or is not.
            if (!inner.TryGetPropertyValue(name, out node) && i > 0) return null;
        }
        return new StaProperty(steps[^1], node?.DeepClone(), isBare);
    }

    /// <summary>Nothing has no content; a bare value is text, or JSON where it has parts.</summary>
    public IResult Answer() => (Value, IsBare) switch
    {
        (null, _) => Results.NoContent(),
        (JsonValue value, true) => Results.Text(value.TryGetValue(out string? text) ? text : value.ToJsonString()),
        (var whole, true) => Results.Ok(whole),
        var (value, _) => Results.Ok(new JsonObject { [Name] = value }),
    };
}
