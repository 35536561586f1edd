namespace LuohuIOC.Registry;

/// <summary>
/// Write-behind of the registry: changed rows wait here, the newest of each sensor, and go to the file in one transaction. Bounded by
/// the number of sensors. When the file cannot be written the rows wait on, and every flush tries again and says so.
/// </summary>
internal sealed class RegistryWriter(RegistryFile file)
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _writing = new(1);
    private Dictionary<int, Sensor> _waiting = [];
    private bool _inFlight;

    /// <summary>Called before the row can be seen by anyone, so that who has seen it and flushes finds it here.</summary>
    public void Enqueue(Sensor sensor)
    {
        lock (_gate) _waiting[sensor.Number] = sensor;
    }

    public Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            if (_waiting.Count == 0 && !_inFlight) return Task.CompletedTask;
        return WriteAsync(cancellationToken);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        var batch = Take();
        try
        {
            if (batch.Count > 0) file.Write([.. batch.Values.OrderBy(s => s.Number)]);
            batch.Clear();
        }
        finally
        {
            PutBack(batch);
            _writing.Release();
        }
    }

    private Dictionary<int, Sensor> Take()
    {
        lock (_gate)
        {
            var batch = _waiting;
            _waiting = [];
            _inFlight = true;
            return batch;
        }
    }

    private void PutBack(Dictionary<int, Sensor> unwritten)
    {
        lock (_gate)
        {
            foreach (var (number, sensor) in unwritten) _waiting.TryAdd(number, sensor);
            _inFlight = false;
        }
    }
}
