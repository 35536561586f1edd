using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing;

/// <summary>
/// The components of one sensor that are on fire. Each has a time line of its own: what a neighbour tells, or a clock that was set back, neither ends
/// its fire nor hides that it began.
/// </summary>
[GenerateSerializer, Alias("luohu.component-fires.v1")]
public sealed class ComponentFires
{
    /// <summary>Of more fires than this the further ones are not told apart; the sensor is on fire all the same.</summary>
    public const int FiresMax = 256;

    [Id(0)]
    public List<long> Components = [];

    /// <summary>When each of them was told last, by the device's clock, Unix ms.</summary>
    [Id(1)]
    public List<long> ToldMs = [];

    public bool Any => Components.Count > 0;

    /// <summary>Takes what one reading tells; true when a fire began or ended by it.</summary>
    internal bool Take(ReadOnlySpan<ComponentState> states, long deviceTimeMs)
    {
        var moved = false;
        foreach (var state in states) moved |= state.IsOn ? Begin(state.Component, deviceTimeMs) : End(state.Component, deviceTimeMs);
        return moved;
    }

    private bool Begin(long component, long deviceTimeMs)
    {
        var at = Components.IndexOf(component);
        if (at >= 0)
        {
            ToldMs[at] = Math.Max(ToldMs[at], deviceTimeMs);
            return false;
        }
        if (Components.Count == FiresMax) return false;
        Components.Add(component);
        ToldMs.Add(deviceTimeMs);
        return true;
    }

    private bool End(long component, long deviceTimeMs)
    {
        var before = Components.Count;
        for (var i = before - 1; i >= 0; i--)
        {
            if (!ComponentState.Covers(component, Components[i]) || ToldMs[i] > deviceTimeMs) continue;
            Components.RemoveAt(i);
            ToldMs.RemoveAt(i);
        }
        return Components.Count < before;
    }
}
