using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>One task that models are trained for from a sensor's own past: <see cref="TrainingJob"/> decides when.</summary>
public interface ISensorTraining
{
    /// <summary>Name of the task in <c>models.db</c>.</summary>
    string Task { get; }

    /// <summary>Whether a round should train this sensor: it has such a model, nobody has pinned it, and something new could be learned.</summary>
    bool IsDue(Sensor sensor, DateTimeOffset now);

    /// <summary>Trains and puts the model in force; false when the history does not suffice.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="asked">
    /// An administrator asked for it, which ends a pin that there is when it begins; otherwise, and for a pin set while it is under way, the
    /// pinned model stays in force and the new one is only stored.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<bool> TrainAsync(Sensor sensor, bool asked, CancellationToken cancellationToken);

    /// <summary>A training threw; the model before stays in force.</summary>
    void Failed(Sensor sensor, DateTimeOffset at);
}
