namespace LuohuIOC.Sensing;

/// <summary>
/// When each sensor whose grain lives in this process wants to be called although nothing came, Unix ms, by its number. Written by the grains,
/// looked through by <see cref="SensorUpkeep"/>; bounded by the registry. Writers never wait: the chunks stay where they are.
/// </summary>
public sealed class DueBoard
{
    private const int ChunkSize = 4096;

    private readonly Lock _grow = new();
    private long[][] _chunks = [];

    public void Set(int sensor, long dueMs) => Volatile.Write(ref ChunkOf(sensor / ChunkSize)[sensor % ChunkSize], dueMs);

    /// <summary>As <see cref="Set"/>, unless it is due sooner.</summary>
    /// <param name="sensor">Its number.</param>
    /// <param name="dueMs">Unix ms.</param>
    /// <param name="onlyDue">Not where nothing is due: a grain that lives elsewhere or nowhere is left there.</param>
    public void Hasten(int sensor, long dueMs, bool onlyDue = false)
    {
        ref var at = ref ChunkOf(sensor / ChunkSize)[sensor % ChunkSize];
        for (var known = Volatile.Read(ref at); dueMs < known;)
        {
            if (onlyDue && known == long.MaxValue) return;
            var found = Interlocked.CompareExchange(ref at, dueMs, known);
            if (found == known) return;
            known = found;
        }
    }

    /// <summary>Numbers of the sensors that are due, each once: it is not due again before its grain has said when.</summary>
    public List<int> Take(long nowMs)
    {
        var due = new List<int>();
        var chunks = Volatile.Read(ref _chunks);
        for (var c = 0; c < chunks.Length; c++)
            for (var i = 0; i < ChunkSize; i++)
                if (Volatile.Read(ref chunks[c][i]) is var at && at <= nowMs && Interlocked.CompareExchange(ref chunks[c][i], long.MaxValue, at) == at)
                    due.Add(c * ChunkSize + i);
        return due;
    }

    private long[] ChunkOf(int index)
    {
        var chunks = Volatile.Read(ref _chunks);
        if (index < chunks.Length) return chunks[index];
        lock (_grow)
        {
            while (_chunks.Length <= index)
            {
                var chunk = new long[ChunkSize];
                Array.Fill(chunk, long.MaxValue);
                Volatile.Write(ref _chunks, [.. _chunks, chunk]);
            }
            return _chunks[index];
        }
    }
}
