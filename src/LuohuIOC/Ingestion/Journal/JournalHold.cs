namespace LuohuIOC.Ingestion.Journal;

/// <summary>Whether someone copies the journal, and the sensing cursor that waits until they are done.</summary>
internal sealed class JournalHold
{
    private readonly Lock _gate = new();
    private bool _held;
    private long _kept;

    /// <summary>Begins a hold; at its end the newest cursor that came meanwhile is given to <paramref name="save"/>, 0 when none did.</summary>
    public IDisposable Begin(Action<long> save)
    {
        lock (_gate)
        {
            if (_held) throw new InvalidOperationException("The journal is held already.");
            (_held, _kept) = (true, 0);
        }
        return new End(this, save);
    }

    /// <summary>True when the cursor must wait.</summary>
    public bool Keep(long position)
    {
        lock (_gate)
        {
            if (_held) _kept = Math.Max(_kept, position);
            return _held;
        }
    }

    /// <summary>Does it unless the files are held; a hold that begins meanwhile waits for it.</summary>
    public void Unless(Action forget)
    {
        lock (_gate)
            if (!_held) forget();
    }

    private sealed class End(JournalHold hold, Action<long> save) : IDisposable
    {
        public void Dispose()
        {
            long kept;
            lock (hold._gate)
            {
                if (!hold._held) return;
                (hold._held, kept) = (false, hold._kept);
            }
            save(kept);
        }
    }
}
