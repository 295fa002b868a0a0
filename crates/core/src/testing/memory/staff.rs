//! The staff over the rows in memory; there is no audit log here.

use super::MemoryStore;
use crate::id::BotId;
use crate::ports::StoreError;
use crate::ports::staff::StaffStore;
use crate::staff::{Act, Member};

#[async_trait::async_trait]
impl StaffStore for MemoryStore {
    async fn list_members(&self, bot: BotId) -> Result<Vec<Member>, StoreError> {
        let mut members: Vec<_> = self.tables().staff.iter().filter(|_| bot == self.bot).cloned().collect();
        members.sort_by(|one, other| (&one.name, one.role.code()).cmp(&(&other.name, other.role.code())));
        Ok(members)
    }

    async fn insert_member(&self, _bot: BotId, member: Member, _act: Act) -> Result<bool, StoreError> {
        Ok(self.tables().staff.insert(member))
    }

    async fn delete_member(&self, _bot: BotId, member: Member, _act: Act) -> Result<bool, StoreError> {
        Ok(self.tables().staff.remove(&member))
    }

    async fn insert_act(&self, _bot: BotId, _act: Act) -> Result<(), StoreError> {
        Ok(())
    }
}
