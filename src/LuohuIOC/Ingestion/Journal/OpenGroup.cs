using System.Buffers;

namespace LuohuIOC.Ingestion.Journal;

/// <summary>The group that is being filled: frames for the disk, readings for the sensors, and the promise that its publishers wait for.</summary>
internal sealed class OpenGroup
{
    public ArrayBufferWriter<byte> Frames { get; } = new(1 << 16);

    public ReadingGroup Readings { get; private set; } = new();

    /// <summary>Completes when the group is durable. Continuations run elsewhere: the writer must get on with the next group.</summary>
    public TaskCompletionSource Durable { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ready to be filled anew; the readings have been handed on.</summary>
    public void Reset()
    {
        Frames.ResetWrittenCount();
        Readings = new ReadingGroup();
        Durable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
