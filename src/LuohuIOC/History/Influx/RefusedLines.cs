using System.Text.RegularExpressions;

namespace LuohuIOC.History.Influx;

/// <summary>A line that the store will never take, and why.</summary>
internal sealed record RefusedLine(LineBatch Batch, int Line, string Message);

/// <summary>
/// Writes a batch and, when the store refuses some of it, finds out which: parts are written again until each was taken or
/// refused as a whole. Writing a line twice changes nothing. The message tells where to cut first: a field of the wrong type, or a
/// time that the retention policy no longer covers; so many bad lines of one cause cost few requests.
/// </summary>
internal sealed partial class RefusedLines(InfluxClient client)
{
    public async Task<IReadOnlyList<RefusedLine>> WriteAsync(LineBatch batch, CancellationToken cancellationToken)
    {
        if (await client.WriteAsync(batch.Writer.Written, cancellationToken) is not { } refusal) return [];
        var refused = new List<RefusedLine>();
        await DivideAsync(batch, [.. Enumerable.Range(0, batch.Count)], refusal, refused, cancellationToken);
        return refused;
    }

    private async Task DivideAsync(LineBatch batch, int[] lines, LineRefusal refusal, List<RefusedLine> refused, CancellationToken cancellationToken)
    {
        if (lines.Length == 1 || refusal.Dropped == lines.Length)
        {
            refused.AddRange(lines.Select(line => new RefusedLine(batch, line, refusal.Message)));
            return;
        }
        foreach (var part in Parts(batch, lines, refusal.Message))
            if (await WriteAsync(batch, part, cancellationToken) is { } again) await DivideAsync(batch, part, again, refused, cancellationToken);
    }

    private async Task<LineRefusal?> WriteAsync(LineBatch batch, int[] lines, CancellationToken cancellationToken)
    {
        var text = new byte[lines.Sum(line => batch[line].Length)];
        var at = 0;
        foreach (var line in lines)
        {
            batch[line].CopyTo(text.AsMemory(at));
            at += batch[line].Length;
        }
        return await client.WriteAsync(text, cancellationToken);
    }

    private static int[][] Parts(LineBatch batch, int[] lines, string message)
    {
        // input field "level" on measurement "pipe" is type float, already exists as type integer
        if (Conflict().Match(message.Replace("\\\"", "\"")) is { Success: true } conflict)
        {
            var key = new LineWriter();
            key.Field(conflict.Groups[1].Value, 0L);
            var start = new LineWriter();
            start.Measurement(conflict.Groups[2].Value);
            var (before, field) = (start.Written.ToArray(), key.Written[1..^2].ToArray());
            var meant = lines.ToLookup(line => batch[line].Span.StartsWith(before) && batch[line].Span.IndexOf(field) > 0);
            if (meant[true].Any() && meant[false].Any()) return [[.. meant[true]], [.. meant[false]]];
        }
        else if (message.Contains("retention policy", StringComparison.OrdinalIgnoreCase))
        {
            lines = [.. lines.OrderBy(batch.TimeOf)];
        }
        return [lines[..(lines.Length / 2)], lines[(lines.Length / 2)..]];
    }

    [GeneratedRegex("input field \"([^\"]+)\" on measurement \"([^\"]+)\"")]
    private static partial Regex Conflict();
}
