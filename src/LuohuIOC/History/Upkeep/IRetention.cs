namespace LuohuIOC.History.Upkeep;

/// <summary>Deletes readings that are older than their kind is kept.</summary>
public interface IRetention
{
    /// <summary>Runs once; stops at the first error, and the next run goes on there.</summary>
    /// <returns>Readings deleted, null when the store does not say.</returns>
    Task<long?> RunAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
