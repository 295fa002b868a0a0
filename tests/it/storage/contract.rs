//! The contract suite, on the stores in memory and on PostgreSQL.

macro_rules! on_both {
    ($($area:ident: $($name:ident),+ ;)+) => {
        mod memory { $($(
            #[tokio::test]
            async fn $name() {
                luvhive_tests::contract::$area::$name(luvhive_tests::contract::Stores::memory()).await;
            }
        )+)+ }
        mod postgres { $($(
            #[tokio::test]
            async fn $name() {
                luvhive_tests::contract::$area::$name(luvhive_tests::contract::Stores::postgres().await).await;
            }
        )+)+ }
    };
}

on_both! {
    journal: a_batch_is_read_back_in_order, a_batch_of_another_epoch_is_fenced, a_batch_after_another_watermark_is_fenced,
        batches_without_updates_leave_the_watermark, a_refused_batch_leaves_nothing, a_purge_drops_earlier_rows_only,
        an_ended_chat_counts_once_and_is_recent_for_a_day, done_work_goes_with_its_batch, settling_is_idempotent;
    lease: a_lease_changes_hands_when_it_has_run_out, a_released_lease_is_free_at_once, a_dead_owners_lease_is_free_at_once;
    lanes: a_lane_finishes_once, a_thawed_owners_lane_is_fenced, a_refused_lane_leaves_its_work, a_visitor_is_read_back,
        edits_come_back_as_facts, a_refused_minor_cannot_register, a_chat_is_rated_once_a_side,
        blocks_and_reports_count_once, an_erased_person_is_gone;
    ledger: a_payment_counts_once, a_gift_entitles_its_receiver, a_refund_counts_once_and_may_come_first,
        a_subscription_renews_and_is_cancelled, a_rating_reset_can_be_refunded, a_payment_outlives_its_people,
        a_grant_counts_once, coins_move_once_and_never_below_zero, coins_buy_premium_together_or_not,
        an_invitation_counts_with_its_registration, operators_grant_and_refund, premium_use_and_tasks_are_read_back;
    friend: a_request_becomes_a_friendship_once, a_block_ends_a_friendship_and_forbids_requests,
        friends_are_numbered_and_removed, an_erased_friend_is_forgotten;
    conduct: a_sanction_is_whole, a_report_that_comes_too_late_is_not_stored, an_unknown_pseudonym_is_told;
}
