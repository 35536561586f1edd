using LuohuIOC.Ingestion;

namespace LuohuIOC.History;

/// <summary>One stored reading; values by slot of the sensor's layout, NaN where the reading had none.</summary>
public readonly record struct StoredReading(long TimeMs, long Sequence, QualityMark Mark, double[] Values);

/// <summary>
/// The time-series store: DuckDB embedded (<see cref="DuckDb.DuckDbHistory"/>), InfluxDB for the district plant (<see cref="Influx.InfluxHistory"/>).
/// Times are Unix ms; ranges are [from, to).
/// </summary>
public interface IReadingHistory
{
    /// <summary>Position of the last journal group whose readings are in the store, 0 at first and before <see cref="OpenAsync"/>.</summary>
    long Cursor { get; }

    /// <summary>Readings stored, as far as this is known without asking the store: for a gauge, not for a count.</summary>
    long Readings { get; }

    /// <summary>
    /// Readings since the store was begun that made no row of their own, because the store had them already or they completed another's moment. Null for a
    /// store that writes the same point again and does not know.
    /// </summary>
    long? Duplicates => null;

    /// <summary>Why a store that was open is closed, with the remedy, until the next question or reading opens it again; null while it is open, and for a store that cannot close.</summary>
    string? Fault => null;

    /// <summary>
    /// Opens the store and reads its cursor. Opening again does nothing.
    /// Throws <see cref="HistoryUnavailableException"/> when the store cannot be opened now; the caller tries again.
    /// </summary>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stores groups in order and moves the cursor to the last one's position: in one transaction, or after writes that are the same when they
    /// are made again. Groups at or below the
    /// cursor are passed over; a reading (sensor, device time, sequence) that the store has already is not stored again.
    /// Throws <see cref="HistoryUnavailableException"/> when the store cannot take them now; the caller tries again.
    /// </summary>
    ValueTask AppendAsync(IReadOnlyList<ReadingGroup> groups, CancellationToken cancellationToken);

    /// <summary>Readings in the store: one sensor at one time with its metrics.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);

    /// <summary>Raw readings of one sensor in order of time.</summary>
    IAsyncEnumerable<StoredReading> ReadAsync(int sensor, long fromMs, long toMs, CancellationToken cancellationToken);
}

/// <summary>The store cannot be written now: disk full, server away, file damaged. The message names the cause and the remedy.</summary>
public sealed class HistoryUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How long the store asks to be left alone; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
