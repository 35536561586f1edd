using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Storage;

namespace LuohuIOC.Ingestion.Commands;

/// <summary>
/// Devices' replies on their way to the database that several hosts share. That may answer late or not at all: neither the connection that brought a
/// reply, nor the readings behind it, nor the threads that other connections need wait for it. What still waits when the process ends is lost.
/// </summary>
public sealed class ReplyQueue(CommandBook commands, RejectionStore rejections, TimeProvider time, ILogger<ReplyQueue> log)
{
    /// <summary>Replies that wait at once; beyond, a reply is refused as overloaded and its device may send it again.</summary>
    internal const int WaitingMax = 1_000;

    /// <summary>Threads that may stand in the database.</summary>
    private const int AtOnce = 2;

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turns = new(AtOnce);
    private int _waiting;

    internal bool IsFull => Volatile.Read(ref _waiting) >= WaitingMax;

    /// <summary>Completes when the reply is durable, was found to be of no known command, or cannot be stored, which is logged.</summary>
    /// <param name="gateway">Who sent it.</param>
    /// <param name="sensor">For which sensor.</param>
    /// <param name="reply">What it says.</param>
    /// <param name="whenUnknown">What is kept when no such command was sent; null to pass it over.</param>
    internal async Task Take(string gateway, string sensor, CommandReply reply, Rejection? whenUnknown)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _turns.WaitAsync();
            try
            {
                while (await Task.Run(() => Try(gateway, sensor, reply)) is var outcome && outcome != ReplyOutcome.Taken)
                {
                    if (outcome is ReplyOutcome.Unknown && whenUnknown is not null) await rejections.Add(whenUnknown);
                    if (outcome is not null) return;
                    await Task.Delay(Again, time);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "The reply of {Sensor} to command {Command} could not be stored", sensor, reply.Id);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    // Null while the database is away.
    private ReplyOutcome? Try(string gateway, string sensor, CommandReply reply)
    {
        try
        {
            return commands.Reply(gateway, sensor, reply);
        }
        catch (Exception e) when (PostgresDatabase.IsTemporary(e))
        {
            return null;
        }
    }
}
