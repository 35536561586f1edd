using LuohuIOC.History.DuckDb;
using LuohuIOC.Registry;

namespace LuohuIOC.History.Queries;

/// <summary>What the API asks of a store. Every store gives the same answers to the same readings.</summary>
internal interface IReadingQueries
{
    /// <summary>Raw readings, page by page or the newest of each sensor.</summary>
    Task<ReadingPage<ReadingItem>> RawAsync(ReadingRequest request, CancellationToken cancellationToken);

    /// <summary>Figures over buckets of time, page by page.</summary>
    Task<ReadingPage<BucketItem>> BucketsAsync(ReadingRequest request, CancellationToken cancellationToken);

    /// <summary>Readings of a range of time, of some sensors or, when none is given, of all.</summary>
    Task<long> CountAsync(IReadOnlyList<Sensor> sensors, long fromMs, long toMs, CancellationToken cancellationToken);
}

/// <summary>Answers from the embedded file.</summary>
internal sealed class DuckDbQueries(DuckDbHistory history) : IReadingQueries
{
    public Task<ReadingPage<ReadingItem>> RawAsync(ReadingRequest request, CancellationToken cancellationToken) =>
        history.QueryAsync((file, connection) => RawQuery.Run(file, connection, request, cancellationToken), cancellationToken);

    public Task<ReadingPage<BucketItem>> BucketsAsync(ReadingRequest request, CancellationToken cancellationToken) =>
        history.QueryAsync((file, connection) => BucketQuery.Run(file, connection, request, cancellationToken), cancellationToken);

    public Task<long> CountAsync(IReadOnlyList<Sensor> sensors, long fromMs, long toMs, CancellationToken cancellationToken) =>
        history.QueryAsync((file, connection) => CountQuery.Run(file, connection, sensors, fromMs, toMs), cancellationToken);
}
