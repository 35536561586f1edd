using LuohuIOC.Detection;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// What the grain, the training job and the API share of one station: the active model, what training lacked, the last judgement.
/// The judgement is written by the grain for each reading and read by the API, hence the lock; nothing is allocated to write it.
/// </summary>
public sealed class Station
{
    private readonly Lock _lock = new();
    private ActiveModel<PcaModel>? _active;
    private TrainingAttempt? _attempt;
    private long _openSinceMs;
    private long _lastMs;
    private double _score = double.NaN;
    private double _held;
    private DetectorVerdict _verdict;
    private int _windowFilled;
    private double[] _contributions = [];
    private double[] _expected = [];
    private int _version;

    /// <summary>The model in use; replaced whole, seen by the grain at its next reading.</summary>
    public ActiveModel<PcaModel>? Active
    {
        get => Volatile.Read(ref _active);
        set => Volatile.Write(ref _active, value);
    }

    /// <summary>The last training that made no model since the start, null when none was tried or the last one made a model.</summary>
    public TrainingAttempt? Attempt
    {
        get => Volatile.Read(ref _attempt);
        set => Volatile.Write(ref _attempt, value);
    }

    /// <summary>Time of the reading that opened the anomaly which is open now, Unix ms; 0 when none is.</summary>
    public long OpenSinceMs
    {
        get => Volatile.Read(ref _openSinceMs);
        set => Volatile.Write(ref _openSinceMs, value);
    }

    internal void Publish(long timeMs, int version, PcaDetector detector, double held)
    {
        lock (_lock)
        {
            if (_contributions.Length != detector.Contributions.Length)
            {
                _contributions = new double[detector.Contributions.Length];
                _expected = new double[detector.Contributions.Length];
            }
            detector.Contributions.CopyTo(_contributions);
            detector.Expected.CopyTo(_expected);
            _version = version;
            _lastMs = timeMs;
            _score = detector.Score;
            _held = held;
            _verdict = detector.Verdict;
            _windowFilled = detector.WindowFilled;
        }
    }

    /// <summary>The last judgement by this version of the model, null when it has judged nothing yet.</summary>
    public Judgement? LastOf(int version)
    {
        lock (_lock)
        {
            return _version != version || _lastMs == 0
                ? null
                : new Judgement(_lastMs, _verdict, _score, _held, _windowFilled, [.. _contributions], [.. _expected]);
        }
    }
}

/// <summary>What the detector found at one reading; contributions and expectations by the model's metrics.</summary>
public sealed record Judgement(
    long TimeMs, DetectorVerdict Verdict, double Score, double Held, int WindowFilled, double[] Contributions, double[] Expected);

/// <summary>A training that made no model.</summary>
/// <param name="At">When it was tried.</param>
/// <param name="Shortage">What the history lacks; null when the training failed (see the log).</param>
public sealed record TrainingAttempt(DateTimeOffset At, TrainingShortage? Shortage);
