namespace LuohuIOC.Registry;

/// <summary>
/// What a row alone cannot know: rows that contradict the registry or another row of the same file. Pure; the registry calls it
/// under its lock.
/// </summary>
internal static class ImportCheck
{
    private const int LoopShownMax = 10;

    /// <param name="drafts">Rows, each valid by itself.</param>
    /// <param name="known">Finds a registered sensor.</param>
    /// <param name="room">How many new sensors may come.</param>
    /// <param name="refused">Takes the reasons of rows that are not in the answer.</param>
    public static List<SensorDraft> Accept(
        IReadOnlyList<SensorDraft> drafts, Func<string, Sensor?> known, int room, List<RowRefusal> refused)
    {
        var rows = new Dictionary<string, SensorDraft>(drafts.Count, StringComparer.Ordinal);
        foreach (var draft in drafts)
        {
            if (FaultAlone(draft, rows, known(draft.Id), ref room) is { } fault) refused.Add(fault);
            else rows.Add(draft.Id, draft);
        }

        // Refusing a row can take away what another one flows into, or bring an old link back: look again until nothing falls.
        while (true)
        {
            var faults = LinkFaults(rows, known);
            if (faults.Count == 0) faults = LoopFaults(rows, known);
            if (faults.Count == 0) break;
            foreach (var fault in faults) rows.Remove(fault.Id!);
            refused.AddRange(faults);
        }
        refused.Sort((a, b) => a.Line.CompareTo(b.Line));
        return [.. drafts.Where(d => rows.TryGetValue(d.Id, out var kept) && ReferenceEquals(kept, d))];
    }

    private static RowRefusal? FaultAlone(SensorDraft draft, Dictionary<string, SensorDraft> rows, Sensor? known, ref int room)
    {
        if (rows.TryGetValue(draft.Id, out var first))
            return new RowRefusal(draft.Line, draft.Id, "id", "duplicate", $"{first.Line}");
        if (known is not null)
            return known.Kind == draft.Kind ? null
                : new RowRefusal(draft.Line, draft.Id, "kind", "kind-changed", DeviceProtocol.KindCatalogue.Of(known.Kind).Name);
        if (room-- <= 0) return new RowRefusal(draft.Line, draft.Id, "id", "registry-full");
        return null;
    }

    private static List<RowRefusal> LinkFaults(Dictionary<string, SensorDraft> rows, Func<string, Sensor?> known)
    {
        var faults = new List<RowRefusal>();
        foreach (var row in rows.Values)
        {
            if (!row.Given.HasFlag(SensorFields.Downstream) || row.Downstream is not { } next) continue;
            var kind = rows.TryGetValue(next, out var below) ? below.Kind : known(next)?.Kind;
            if (kind is null) faults.Add(new RowRefusal(row.Line, row.Id, "downstream", "downstream-unknown", next));
            else if (!DrainageNetwork.MayFlow(row.Kind, kind.Value)) faults.Add(new RowRefusal(row.Line, row.Id, "downstream", "downstream-kind", next));
        }
        return faults;
    }

    // Every sensor has at most one link, so loops have no sensor in common, and one row less opens a loop: the last of its rows.
    private static List<RowRefusal> LoopFaults(Dictionary<string, SensorDraft> rows, Func<string, Sensor?> known)
    {
        var faults = new List<RowRefusal>();
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in rows.Keys)
        {
            var path = new List<string>();
            var at = start;
            while (at is not null && done.Add(at))
            {
                path.Add(at);
                at = Next(at);
            }
            var from = at is null ? -1 : path.IndexOf(at);
            if (from < 0) continue;
            var last = path.Skip(from).Where(rows.ContainsKey).Select(id => rows[id]).MaxBy(r => r.Line)!;
            faults.Add(new RowRefusal(last.Line, last.Id, "downstream", "loop", string.Join(" → ", path.Skip(from).Append(at).Take(LoopShownMax))));
        }
        return faults;

        string? Next(string id) => rows.TryGetValue(id, out var row) && row.Given.HasFlag(SensorFields.Downstream) ? row.Downstream : known(id)?.Downstream;
    }
}
